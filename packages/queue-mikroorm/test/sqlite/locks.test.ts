import { StorageError } from '@goplate/queue-core'
import type { MikroORM } from '@mikro-orm/sqlite'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { sqliteDriver } from '../../src/sqlite.ts'
import { claimOf, newJob } from './new-job.ts'
import { sqliteOrm, temporaryDirectory } from './sqlite-orm.ts'

let directory: ReturnType<typeof temporaryDirectory>
let orm: MikroORM
/** As another process would have it. */
let other: Database.Database
beforeEach(async () => {
  directory = temporaryDirectory()
  orm = await sqliteOrm({ dbName: directory.path('app.db') })
  await orm.schema.create()
  await sqliteDriver(orm).migrations!.migrate()
  other = new Database(directory.path('app.db'), { timeout: 0 })
})
afterEach(async () => {
  other.close()
  await orm.close(true)
  directory.remove()
})

/** Resolves when the driver has met the lock: at the beginning of its transaction, or inside its savepoint. */
async function watchForRefusal(): Promise<PromiseWithResolvers<void>> {
  const native = await orm.driver.getConnection('write').getNativeClient()
  const refused = Promise.withResolvers<void>()
  const exec = native.exec.bind(native)
  vi.spyOn(native, 'exec').mockImplementation((sql) => {
    try {
      if (sql.startsWith('rollback to goplate_queue')) refused.resolve()
      return exec(sql)
    } catch (error) {
      refused.resolve()
      throw error
    }
  })
  return refused
}

const oneJob = { jobs: [newJob()], caller: {} }

describe('a write lock of another process', () => {
  it('is waited for while the event loop goes on', async () => {
    other.exec('begin immediate')
    const turnedAway = await watchForRefusal()
    const dispatched = sqliteDriver(orm).dispatch(oneJob)
    await turnedAway.promise
    other.exec('commit')
    expect(await dispatched).toMatchObject({ stored: true })
  })

  it('ends in a typed error after the deadline', async () => {
    other.exec('begin immediate')
    const refused = await sqliteDriver(orm, { deadlineMs: 50 })
      .dispatch(oneJob)
      .catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(StorageError)
    expect(refused).toMatchObject({ kind: 'conflict', cause: { code: 'SQLITE_BUSY' } })
    other.exec('rollback')
    expect(await sqliteDriver(orm).dispatch(oneJob)).toMatchObject({ receipts: [{ created: true }] })
  })

  it('is waited for inside a transaction of the caller too', async () => {
    other.exec('begin immediate')
    const turnedAway = await watchForRefusal()
    const dispatched = orm.em.transactional(() => sqliteDriver(orm).dispatch(oneJob))
    await turnedAway.promise
    other.exec('commit')
    expect(await dispatched).toMatchObject({ stored: true })
  })

  it('is taken before anything is read: what was read then stays true', async () => {
    other.exec('begin immediate')
    const nothingToWrite = sqliteDriver(orm, { deadlineMs: 30 }).extend({ leases: [], leaseMs: 1000 })
    await expect(nothingToWrite).rejects.toMatchObject({ kind: 'conflict' })
    other.exec('rollback')
  })

  it('does not stop readers', async () => {
    await sqliteDriver(orm).dispatch(oneJob)
    other.exec('begin immediate')
    expect(await sqliteDriver(orm).find({ ids: ['1'] })).toHaveLength(1)
    other.exec('rollback')
  })

  it('leaves the busy timeout of the application as it was', async () => {
    await orm.em.execute('pragma busy_timeout = 1234')
    await sqliteDriver(orm).dispatch(oneJob)
    expect(await orm.em.execute('pragma busy_timeout')).toEqual([{ timeout: 1234 }])
  })
})

it('tells a transaction that read before another commit that it must start over', async () => {
  const stale = orm.em.transactional(async (em) => {
    await em.execute('select * from customer')
    other.exec(`insert into customer (id, name) values (1, 'Ada')`)
    await sqliteDriver(orm).dispatch(oneJob)
  })
  await expect(stale).rejects.toMatchObject({ kind: 'conflict', cause: { code: 'SQLITE_BUSY_SNAPSHOT' } })
  expect(await sqliteDriver(orm).find({ ids: ['1'] })).toEqual([])
})

it('counts in plain numbers, also on a handle that was switched to big integers', async () => {
  const native = await orm.driver.getConnection('write').getNativeClient()
  native.defaultSafeIntegers(true)
  const driver = sqliteDriver(orm)
  await driver.dispatch(oneJob)
  const { jobs } = await driver.claim(claimOf())
  expect(jobs).toMatchObject([{ claim: { jobId: '1', epoch: 1 }, attempt: 1 }])
  const settlement = { claim: jobs[0]!.claim, outcome: 'finished' as const, waitMs: 0, durationMs: 1 }
  expect(await driver.settle({ worker: 'worker-1', settlements: [settlement] })).toEqual(['applied'])
  expect(await driver.find({ ids: ['1'] })).toMatchObject([{ state: 'finished', epoch: 1 }])
})

it('fails typed when the database is full, and goes on when it is not any more', async () => {
  const driver = sqliteDriver(orm)
  const [{ page_count: pages }] = await orm.em.execute<[{ page_count: number }]>('pragma page_count')
  await orm.em.execute(`pragma max_page_count = ${pages}`)
  const big = { jobs: [newJob({ payload: JSON.stringify('x'.repeat(100_000)) })], caller: {} }
  await expect(driver.dispatch(big)).rejects.toMatchObject({ code: 'GPQ_STORAGE', kind: 'capacity' })
  await expect(orm.em.transactional(() => driver.dispatch(big))).rejects.toMatchObject({ kind: 'capacity' })
  await orm.em.execute('pragma max_page_count = 1000000')
  expect(await driver.dispatch(big)).toMatchObject({ stored: true })
})

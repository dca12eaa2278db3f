import { StorageError } from '@goplate/queue-core'
import type { MikroORM } from '@mikro-orm/sqlite'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { sqliteDriver } from '../../src/sqlite.ts'
import { newJob } from './new-job.ts'
import { sqliteOrm, temporaryDirectory } from './sqlite-orm.ts'

let directory: ReturnType<typeof temporaryDirectory>
let orm: MikroORM
beforeEach(async () => {
  directory = temporaryDirectory()
  orm = await sqliteOrm({ dbName: directory.path('app.db') })
  await orm.schema.create()
  await sqliteDriver(orm).migrations!.migrate()
})
afterEach(async () => {
  await orm.close(true)
  directory.remove()
})

/** Everything that is executed without being prepared: the bounds of transactions, and what `fails` makes fail. */
async function watched(fails: (sql: string) => Error | undefined = () => undefined): Promise<string[]> {
  const native = await orm.driver.getConnection('write').getNativeClient()
  const executed: string[] = []
  const exec = native.exec.bind(native)
  vi.spyOn(native, 'exec').mockImplementation((sql) => {
    const failure = fails(sql)
    executed.push(sql)
    if (failure !== undefined) throw failure
    return exec(sql)
  })
  return executed
}

const times = (executed: readonly string[], sql: string) => executed.filter((one) => one === sql).length
const oneJob = () => ({ jobs: [newJob()], caller: {} })

it('stores what fifty callers dispatch at once in one transaction', async () => {
  const driver = sqliteDriver(orm)
  await driver.dispatch(oneJob())
  const executed = await watched()
  const replies = await Promise.all(Array.from({ length: 50 }, () => driver.dispatch(oneJob())))
  expect(times(executed, 'begin immediate')).toBe(1)
  expect(times(executed, 'savepoint goplate_queue')).toBe(50)
  const ids = replies.flatMap((reply) => (reply.stored ? reply.receipts.map(({ id }) => id) : []))
  expect(new Set(ids).size).toBe(50)
  expect(await driver.find({ ids })).toHaveLength(50)
})

it('gives a call that is alone a transaction without savepoints', async () => {
  const driver = sqliteDriver(orm)
  await driver.dispatch(oneJob())
  const executed = await watched()
  await driver.dispatch(oneJob())
  expect(times(executed, 'begin immediate')).toBe(1)
  expect(times(executed, 'savepoint goplate_queue')).toBe(0)
})

it('lets one call fail without the others: what it wrote is gone, theirs is there', async () => {
  const driver = sqliteDriver(orm)
  const unique = { key: 'only one', onConflict: 'reject' } as const
  await driver.dispatch({ jobs: [newJob({ unique })], caller: {} })
  const executed = await watched()
  const [before, rejected, after] = await Promise.all([
    driver.dispatch(oneJob()),
    driver.dispatch({ jobs: [newJob(), newJob({ unique })], caller: {} }),
    driver.dispatch(oneJob()),
  ])
  expect(times(executed, 'begin immediate')).toBe(1)
  expect([before.stored, rejected.stored, after.stored]).toEqual([true, false, true])
  expect((await driver.list({ filter: {}, limit: 100 })).jobs).toHaveLength(3)
})

it('answers nobody before the commit, and all with its error when it fails', async () => {
  const driver = sqliteDriver(orm)
  await driver.dispatch(oneJob())
  let hasFailed = false
  await watched((sql) => {
    if (sql !== 'commit' || hasFailed) return undefined
    hasFailed = true
    return Object.assign(new Error('disk I/O error'), { code: 'SQLITE_IOERR' })
  })
  const outcomes = await Promise.allSettled([driver.dispatch(oneJob()), driver.dispatch(oneJob())])
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  for (const outcome of outcomes) expect(Reflect.get(outcome, 'reason')).toBeInstanceOf(StorageError)
  expect((await driver.list({ filter: {}, limit: 100 })).jobs).toHaveLength(1)
})

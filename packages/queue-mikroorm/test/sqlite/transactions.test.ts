import { StorageError, TransactionError, type StorageDriver } from '@goplate/queue-core'
import type { MikroORM } from '@mikro-orm/sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { sqliteDriver, type MikroOrmCaller } from '../../src/sqlite.ts'
import { claimOf, newJob } from './new-job.ts'
import { auditOf } from './sqlite-harness.ts'
import { Customer, sqliteOrm } from './sqlite-orm.ts'

let orm: MikroORM
let driver: StorageDriver<MikroOrmCaller>
beforeEach(async () => {
  orm = await sqliteOrm()
  await orm.schema.create()
  driver = sqliteDriver(orm)
  await driver.migrations!.migrate()
})
afterEach(async () => {
  expect(await auditOf(orm)).toEqual([])
  await orm.close(true)
})

const abort = new Error('roll back')
async function dispatchOne(fields = {}, caller: MikroOrmCaller = {}): Promise<string> {
  const reply = await driver.dispatch({ jobs: [newJob(fields)], caller })
  if (!reply.stored) throw new Error(`refused: held by ${reply.conflict.holder}`)
  return reply.receipts[0]!.id
}
async function jobs(): Promise<number> {
  return (await driver.list({ filter: {}, limit: 100 })).jobs.length
}

describe('a call inside a transaction of the same ORM', () => {
  it('does not wait for itself, whatever it is', async () => {
    const ended = await dispatchOne()
    await driver.cancel({ ids: [ended] })
    await driver.runInScope!(() =>
      orm.em.transactional(async (em) => {
        em.create(Customer, { id: 1, name: 'Ada' })
        const id = await dispatchOne()
        expect(await driver.find({ ids: [id], history: true })).toHaveLength(1)
        expect((await driver.list({ filter: {}, limit: 10 })).jobs).toHaveLength(2)
        expect(await driver.count({ filter: { states: ['pending'] } })).toMatchObject([{ count: 1 }])
        expect(await driver.cancel({ ids: [id] })).toEqual(['cancelled'])
        expect(await driver.retry({ ids: [id], from: ['cancelled'] })).toEqual(['retried'])
        expect(await driver.remove({ ids: [ended] })).toEqual(['removed'])
      }),
    )
    expect(await orm.em.fork().count(Customer)).toBe(1)
    expect(await jobs()).toBe(1)
  })

  it('is undone with it', async () => {
    const id = await dispatchOne()
    const undone = orm.em.transactional(async () => {
      await driver.cancel({ ids: [id] })
      await dispatchOne()
      throw abort
    })
    await expect(undone).rejects.toBe(abort)
    expect(await driver.find({ ids: [id] })).toMatchObject([{ state: 'pending' }])
    expect(await jobs()).toBe(1)
  })

  it('is told to others with its commit: retries too', async () => {
    const id = await dispatchOne()
    await driver.cancel({ ids: [id] })
    const told: string[] = []
    driver.wakeups!.subscribe((queues) => told.push(...queues))
    await orm.em.transactional(async () => {
      await driver.retry({ ids: [id], from: ['cancelled'] })
      expect(told).toEqual([])
    })
    expect(told).toEqual(['default'])
  })

  it('cannot tell what was committed: another process may be given the id of a dispatch that was rolled back', () => {
    expect(driver.transactions!.wasCommitted).toBeUndefined()
  })

  it('stores nothing when an entity manager of somewhere else is passed', async () => {
    const outer = orm.em.fork()
    await outer.transactional(async () => {
      expect(driver.transactions!.joins({ em: outer })).toBe(true)
      await expect(dispatchOne({}, { em: outer })).rejects.toThrow(TransactionError)
    })
    expect(await jobs()).toBe(0)
  })

  it('does not give an id again that a rolled back dispatch had', async () => {
    let lost = ''
    const undone = orm.em.transactional(async () => {
      lost = await dispatchOne()
      throw abort
    })
    await expect(undone).rejects.toBe(abort)
    expect(await dispatchOne()).not.toBe(lost)
  })

  it('is refused after it has ended, instead of being stored alone', async () => {
    let late: Promise<string> | undefined
    const gate = Promise.withResolvers<void>()
    await orm.em.transactional(async () => {
      late = gate.promise.then(() => dispatchOne())
    })
    gate.resolve()
    await expect(late).rejects.toThrow(/has ended/)
    expect(await jobs()).toBe(0)
  })
})

describe('a transaction that SQLite rolled back by itself', () => {
  beforeEach(() => orm.em.execute(`insert into customer (id, name) values (1, 'taken')`))
  const breakIt = (em: MikroORM['em']) =>
    em.execute(`insert or rollback into customer (id, name) values (2, 'taken')`).catch(() => undefined)

  it('takes the jobs dispatched before with it, and says so', async () => {
    const swallowed = orm.em.transactional(async (em) => {
      await dispatchOne()
      await breakIt(em)
    })
    await expect(swallowed).rejects.toThrow(TransactionError)
    expect(await jobs()).toBe(0)
  })

  it('takes no job afterwards: it would be stored though the transaction fails', async () => {
    const swallowed = orm.em.transactional(async (em) => {
      await breakIt(em)
      await expect(dispatchOne({}, { em })).rejects.toThrow(TransactionError)
    })
    await expect(swallowed).rejects.toThrow(TransactionError)
    expect(await jobs()).toBe(0)
  })
})

describe('a transaction that is held open across awaits', () => {
  it('makes everybody else on this ORM wait, and nothing of it is seen before', async () => {
    const [opened, finish] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const holder = orm.em.transactional(async () => {
      await dispatchOne()
      opened.resolve()
      await finish.promise
    })
    await opened.promise
    let claimed = false
    const claim = driver.claim(claimOf()).finally(() => (claimed = true))
    await new Promise((resolve) => setImmediate(resolve))
    expect(claimed).toBe(false)
    finish.resolve()
    await holder
    expect((await claim).jobs).toHaveLength(1)
  })

  it('costs a lease that ends meanwhile: what its job settles is lost', async () => {
    await driver.dispatch({ jobs: [newJob()], caller: {}, now: 0 })
    const { jobs: running } = await driver.claim(claimOf({ leaseMs: 1, now: 1000 }))
    const [opened, finish] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const holder = orm.em.transactional(async () => {
      opened.resolve()
      await finish.promise
    })
    await opened.promise
    const first = driver.reap({ confirmed: [], now: 5000 })
    const second = first.then(({ expired }) => driver.reap({ confirmed: expired, now: 5000 }))
    finish.resolve()
    await holder
    expect((await second).reaped).toHaveLength(1)
    const settlement = { claim: running[0]!.claim, outcome: 'finished' as const, waitMs: 0, durationMs: 1 }
    expect(await driver.settle({ worker: 'worker-1', settlements: [settlement] })).toEqual(['lost'])
  })

  it('lets a call fail after the deadline, and the call is not made later', async () => {
    const impatient = sqliteDriver(orm, { deadlineMs: 20 })
    const [opened, finish] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const em = orm.em.fork()
    const holder = em.transactional(async () => {
      opened.resolve()
      await finish.promise
    })
    await opened.promise
    const refused = await impatient.dispatch({ jobs: [newJob()], caller: {} }).catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(StorageError)
    expect(refused).toMatchObject({ kind: 'conflict', message: expect.stringContaining('`em`') })
    finish.resolve()
    await holder
    expect(await jobs()).toBe(0)
  })
})

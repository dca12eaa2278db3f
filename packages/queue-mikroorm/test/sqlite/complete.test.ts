import { defineJob, JobAbortedError, Queue, TransactionError, type StorageDriver } from '@goplate/queue-core'
import { VirtualClock } from '@goplate/queue-testing'
import type { EntityManager } from '@mikro-orm/core'
import type { MikroORM } from '@mikro-orm/sqlite'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { sqliteDriver, type MikroOrmCaller } from '../../src/sqlite.ts'
import { claimOf, newJob } from './new-job.ts'
import { auditOf } from './sqlite-harness.ts'
import { Customer, sqliteOrm, temporaryDirectory } from './sqlite-orm.ts'

let directory: ReturnType<typeof temporaryDirectory>
let orm: MikroORM
let driver: StorageDriver<MikroOrmCaller>
beforeEach(async () => {
  directory = temporaryDirectory()
  orm = await sqliteOrm({ dbName: directory.path('app.db') })
  await orm.schema.create()
  driver = sqliteDriver(orm)
  await driver.migrations!.migrate()
})
afterEach(async () => {
  expect(await auditOf(orm)).toEqual([])
  await orm.close(true)
  directory.remove()
})

async function claimed() {
  await driver.dispatch({ jobs: [newJob()], caller: {} })
  return (await driver.claim(claimOf())).jobs[0]!.claim
}
type Claim = Awaited<ReturnType<typeof claimed>>
const customers = () => orm.em.fork().count(Customer)
const stateOf = async ({ jobId }: Claim) => (await driver.find({ ids: [jobId] }))[0]!.state

function complete(claim: Claim, work: (em: EntityManager) => Promise<unknown>) {
  return driver.transactions!.complete({
    worker: 'worker-1',
    claim,
    work: async (em) => {
      await work(em)
      return { claim, outcome: 'finished', waitMs: 0, durationMs: 1 }
    },
  })
}

describe('a completion', () => {
  it('flushes what the work left in its entity manager, before the job is settled', async () => {
    const claim = await claimed()
    const verdict = await complete(claim, async (em) => void em.create(Customer, { id: 1, name: 'Ada' }))
    expect([verdict, await customers(), await stateOf(claim)]).toEqual(['applied', 1, 'finished'])
  })

  it('rolls back when that cannot be stored, and the job runs on', async () => {
    await orm.em.execute(`insert into customer (id, name) values (1, 'Ada')`)
    const claim = await claimed()
    const refused = complete(claim, async (em) => void em.create(Customer, { id: 2, name: 'Ada' }))
    await expect(refused).rejects.toThrow(/UNIQUE/)
    expect([await customers(), await stateOf(claim)]).toEqual([1, 'running'])
  })

  it('has the write lock before its work reads: nothing it read becomes stale', async () => {
    const other = new Database(directory.path('app.db'), { timeout: 0 })
    const claim = await claimed()
    const verdict = await complete(claim, async (em) => {
      expect(await em.count(Customer)).toBe(0)
      expect(() => other.exec(`insert into customer (id, name) values (2, 'Eve')`)).toThrow(/locked/)
      em.create(Customer, { id: 1, name: 'Ada' })
    })
    expect(verdict).toBe('applied')
    other.exec(`insert into customer (id, name) values (2, 'Eve')`)
    other.close()
  })

  it('costs no work when the lease is gone', async () => {
    const claim = await claimed()
    const settlement = { claim, outcome: 'finished' as const, waitMs: 0, durationMs: 1 }
    await driver.settle({ worker: 'worker-1', settlements: [settlement] })
    await driver.prune({ limit: 1, retention: {} })
    let worked = false
    expect(await complete(claim, async () => (worked = true))).toBe('repeated')
    expect(await complete({ ...claim, leaseId: 'never-taken' }, async () => (worked = true))).toBe('lost')
    expect(worked).toBe(false)
  })

  it('is refused inside a transaction of the same ORM, instead of waiting for itself', async () => {
    const claim = await claimed()
    await orm.em.transactional(async () => {
      await expect(complete(claim, async () => undefined)).rejects.toThrow(TransactionError)
    })
    expect(await stateOf(claim)).toBe('running')
  })
})

describe('a transaction held open for longer than the lease', () => {
  /** As another process, an hour later: the lease has expired for it. */
  async function reapElsewhere(): Promise<unknown> {
    const otherOrm = await sqliteOrm({ dbName: directory.path('app.db') })
    const other = sqliteDriver(otherOrm, { deadlineMs: 50 })
    const now = Date.now() + 3_600_000
    try {
      const { expired } = await other.reap({ confirmed: [], now })
      return (await other.reap({ confirmed: expired, now })).reaped
    } finally {
      await otherOrm.close(true)
    }
  }

  it('stops every other use of the ORM: the handler is told, and nothing it comes to applies', async () => {
    const clock = new VirtualClock()
    const [entered, finish] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const [told, refused] = [Promise.withResolvers<unknown>(), Promise.withResolvers<unknown>()]
    const slow = defineJob({
      type: 'slow',
      async handle(_payload: object, context) {
        context.signal.addEventListener('abort', () => told.resolve(context.signal.reason))
        await orm.em.transactional(async () => {
          entered.resolve()
          await finish.promise
        })
        const late = context.complete(async (em) => void em.create(Customer, { id: 1, name: 'Ada' }))
        refused.resolve(late.catch((error: unknown) => error))
      },
    })
    const queue = new Queue({ driver, jobs: [slow], clock })
    const { id } = await queue.dispatch(slow, {})
    await queue.createWorker().start()
    await entered.promise
    await clock.advance('30s')
    expect(await told.promise).toMatchObject({ code: 'GPQ_ABORTED', reason: 'lease_lost' })
    expect(await reapElsewhere()).toMatchObject([{ jobId: id, to: 'pending' }])
    finish.resolve()
    expect(await refused.promise).toBeInstanceOf(JobAbortedError)
    await queue.close()
    expect(await driver.find({ ids: [id], history: true })).toMatchObject([
      { state: 'pending', crashes: 1, history: [{ outcome: 'crashed' }] },
    ])
    expect(await customers()).toBe(0)
  })

  it('keeps the lease when it is a completion: it has the write lock, and nobody can take the lease away', async () => {
    const claim = await claimed()
    const verdict = await complete(claim, async (em) => {
      await expect(reapElsewhere()).rejects.toMatchObject({ kind: 'conflict' })
      em.create(Customer, { id: 1, name: 'Ada' })
    })
    expect([verdict, await customers(), await stateOf(claim)]).toEqual(['applied', 1, 'finished'])
    expect(await reapElsewhere()).toEqual([])
  })
})

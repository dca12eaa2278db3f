import assert from 'node:assert/strict'
import type { DispatchReply, NewJobRecord } from '@goplate/queue-core'
import { assertFields } from './assert-fields.ts'
import type { ConformanceCase } from './conformance-case.ts'
import type { CallerTransaction } from './driver-harness.ts'
import { newJob, type World } from './world.ts'

class Rollback extends Error {}

export const transactionCases: readonly ConformanceCase[] = [
  {
    rule: 'dispatch/transaction-is-all-or-nothing',
    name: 'committed, the jobs are there and run',
    needs: 'transactions',
    async run(world) {
      const ids = await inTransaction(world, async (transaction) => {
        assert.equal(world.driver.transactions?.joins(transaction.caller), true)
        return [...(await created(world, transaction, {}, {})), ...(await created(world, transaction, { delayMs: 50 }))]
      })
      assert.equal((await world.driver.find({ ids })).length, 3)
      assert.equal((await world.worker.claimAll()).length, 2)
      world.advance(50)
      await world.worker.claimOne()
    },
  },
  {
    rule: 'dispatch/transaction-is-all-or-nothing',
    name: 'rolled back, none of them ever was, and their unique keys are free',
    needs: 'transactions',
    async run(world) {
      const unique = { key: 'alpha:1', onConflict: 'reject' } as const
      const stays = await world.dispatchOne({ queue: 'other' })
      let ids: readonly string[] = []
      await assertRolledBack(world, async (transaction) => {
        ids = await created(world, transaction, { unique }, {})
        ids = [...ids, ...(await created(world, transaction, { delayMs: 1 }))]
      })
      assert.equal(ids.length, 3)
      assert.deepEqual(await world.driver.find({ ids }), [])
      await assertOnly(world, [stays])
      world.advance(10)
      assert.deepEqual(await world.worker.claimAll(), [])
      await world.dispatchOne({ unique })
    },
  },
  {
    rule: 'dispatch/transaction-is-all-or-nothing',
    name: 'outside of a transaction a dispatch joins none',
    needs: 'transactions',
    async run(world) {
      assert.equal(world.driver.transactions?.joins({}), false)
      await inTransaction(world, async (transaction) => created(world, transaction, {}))
      assert.equal(world.driver.transactions?.joins({}), false)
      await world.dispatchOne()
      assert.equal((await world.worker.claimAll()).length, 2)
    },
  },
  {
    rule: 'dispatch/transaction-is-all-or-nothing',
    name: 'whether a dispatch was committed can be asked afterwards',
    needs: ['transactions', 'wasCommitted'],
    async run(world) {
      const transactions = world.driver.transactions!
      let rolledBack: readonly string[] = []
      await assertRolledBack(world, async (transaction) => (rolledBack = await created(world, transaction, {})))
      const committed = await inTransaction(world, (transaction) => created(world, transaction, {}))
      await world.worker.settle(await world.worker.claimOne(), 'finished')
      const answers = await Promise.all([...committed, ...rolledBack].map((id) => transactions.wasCommitted!(id)))
      assert.deepEqual(answers, [true, false])
    },
  },
  {
    rule: 'dispatch/savepoint-drops-only-its-own',
    name: 'what was dispatched before and after a rolled back savepoint stays',
    needs: 'transactions',
    async run(world) {
      const kept: string[] = []
      let dropped: readonly string[] = []
      await inTransaction(world, async (transaction) => {
        kept.push(...(await created(world, transaction, {})))
        const savepoint = transaction.savepoint(async (inner) => {
          dropped = await created(world, inner, {}, { unique: { key: 'k', onConflict: 'reject' } })
          throw new Rollback()
        })
        await assert.rejects(savepoint, Rollback)
        kept.push(...(await created(world, transaction, { unique: { key: 'k', onConflict: 'reject' } })))
        kept.push(...(await transaction.savepoint((inner) => created(world, inner, {}))))
      })
      assert.equal(dropped.length, 2)
      await assertOnly(world, kept)
      assert.equal((await world.worker.claimAll()).length, 3)
    },
  },
  {
    rule: 'dispatch/conflict-keeps-the-transaction-usable',
    name: 'a rejected and an answered key, then more jobs, then the commit',
    needs: 'transactions',
    async run(world) {
      const unique = { key: 'alpha:1', onConflict: 'reject' } as const
      const holder = await world.dispatchOne({ unique })
      const ids = [holder]
      const goesOn = inTransaction(world, async (transaction) => {
        ids.push(...(await created(world, transaction, {})))
        const rejected = await dispatchIn(world, transaction, {}, { unique })
        assert.deepEqual(rejected, { stored: false, conflict: { index: 1, holder } })
        const answered = await dispatchIn(world, transaction, { unique: { ...unique, onConflict: 'return' } })
        assert.deepEqual(answered, { stored: true, receipts: [{ id: holder, created: false }] })
        ids.push(...(await created(world, transaction, {})))
      })
      await assert.doesNotReject(goesOn, 'the transaction can go on')
      await assertOnly(world, ids)
      assertFields(await world.find(holder), { state: 'pending' })
    },
  },
]

export function inTransaction<T>(
  world: World,
  work: (transaction: CallerTransaction<object>) => Promise<T>,
): Promise<T> {
  const { under } = world
  assert(under.withTransaction !== undefined, 'the driver has transactions: its harness must supply withTransaction')
  return under.withTransaction(work)
}

/** Runs `work` in a transaction that is then rolled back. */
export function assertRolledBack(
  world: World,
  work: (transaction: CallerTransaction<object>) => Promise<unknown>,
): Promise<void> {
  const rolledBack = inTransaction(world, async (transaction) => {
    await work(transaction)
    throw new Rollback()
  })
  return assert.rejects(rolledBack, Rollback)
}

function dispatchIn(
  world: World,
  { caller }: CallerTransaction<object>,
  ...jobs: readonly Partial<NewJobRecord>[]
): Promise<DispatchReply> {
  return world.driver.dispatch({ jobs: jobs.map(newJob), caller })
}

export async function created(
  world: World,
  transaction: CallerTransaction<object>,
  ...jobs: readonly Partial<NewJobRecord>[]
): Promise<readonly string[]> {
  const reply = await dispatchIn(world, transaction, ...jobs)
  assert(reply.stored && reply.receipts.every((receipt) => receipt.created))
  return reply.receipts.map(({ id }) => id)
}

async function assertOnly(world: World, ids: readonly string[]): Promise<void> {
  const { jobs } = await world.driver.list({ filter: {}, limit: 1000 })
  assert.deepEqual(new Set(jobs.map(({ id }) => id)), new Set(ids))
}

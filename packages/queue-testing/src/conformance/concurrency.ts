import assert from 'node:assert/strict'
import type { CancelVerdict, ClaimedJob } from '@goplate/queue-core'
import { assertFields } from './assert-fields.ts'
import { idsOf } from './claim.ts'
import type { ConformanceCase } from './conformance-case.ts'
import { newJob, type World } from './world.ts'

/** Races by real concurrency, through as many drivers as the harness gives. Whoever wins, the books must balance. */
export const concurrencyCases: readonly ConformanceCase[] = [
  {
    rule: 'claim/exclusive',
    name: 'eight claimers of one line take every job once and leave none',
    async run(world) {
      const workers = await world.workers(8)
      const ids = await world.dispatch(...Array.from({ length: 60 }, () => ({})))
      const claimed: ClaimedJob[] = []
      for (let round = 0; claimed.length < 60 && round < 60; round++) {
        claimed.push(...(await Promise.all(workers.map((worker) => worker.claimAll({ limit: 3 })))).flat())
      }
      assert.deepEqual(idsOf(claimed).sort(), [...ids].sort())
      assert.deepEqual(await world.worker.claimAll(), [])
    },
  },
  {
    rule: 'dispatch/unique-key-race-has-one-winner',
    name: 'eight dispatches at once, again and again',
    async run(world) {
      const workers = await world.workers(8)
      for (let round = 0; round < 5; round++) {
        const job = newJob({ unique: { key: `alpha:${round}`, onConflict: 'return' } })
        const replies = await Promise.all(workers.map(({ driver }) => driver.dispatch({ jobs: [job], caller: {} })))
        const receipts = replies.flatMap((reply) => (reply.stored ? reply.receipts : []))
        assert.equal(receipts.length, 8)
        assert.equal(receipts.filter(({ created }) => created).length, 1)
        assert.equal(new Set(receipts.map(({ id }) => id)).size, 1)
      }
      assert.equal((await world.worker.claimAll()).length, 5)
    },
  },
  {
    rule: 'dispatch/unique-key-race-has-one-winner',
    name: 'several keys in opposite orders: nobody waits for ever, and each key has one job',
    async run(world) {
      const workers = await world.workers(6)
      const keys = ['a', 'b', 'c', 'd']
      const replies = await Promise.all(
        workers.map(({ driver }, index) => {
          const order = index % 2 === 0 ? keys : [...keys].reverse()
          const jobs = order.map((key) => newJob({ payload: `"${key}"`, unique: { key, onConflict: 'return' } }))
          return driver.dispatch({ jobs, caller: {} })
        }),
      )
      const receipts = replies.flatMap((reply) => (reply.stored ? reply.receipts : []))
      assert.equal(receipts.length, 24)
      assert.equal(receipts.filter(({ created }) => created).length, 4)
      const payloads = (await world.worker.claimAll()).map(({ payload }) => payload)
      assert.deepEqual(payloads.sort(), ['"a"', '"b"', '"c"', '"d"'])
    },
  },
  {
    rule: 'cancel/waiting-ends-at-once',
    name: 'cancel races claim: each job is cancelled and never runs, or runs and is asked',
    async run(world) {
      const [first, second, canceller] = await world.workers(3)
      for (let round = 0; round < 5; round++) {
        const ids = await world.dispatch(...Array.from({ length: 12 }, () => ({})))
        const [a, verdicts, b] = await Promise.all([
          first!.claimAll({ limit: 5 }),
          canceller!.driver.cancel({ ids }),
          second!.claimAll({ limit: 5 }),
        ])
        await assertCancelled(world, { ids, verdicts, claimed: [...a, ...b] })
      }
    },
  },
  {
    rule: 'retry/one-of-two-wins',
    name: 'two at once, then eight',
    async run(world) {
      const workers = await world.workers(8)
      for (const operators of [workers.slice(0, 2), workers]) {
        const job = await world.running()
        const ids = [job.claim.jobId]
        await world.worker.settle(job, 'failed', { reason: 'permanent' })
        const verdicts = await Promise.all(operators.map(({ driver }) => driver.retry({ ids, from: ['failed'] })))
        const refused = operators.slice(1).map(() => 'refused')
        assert.deepEqual(verdicts.flat().sort(), [...refused, 'retried'])
        assert.equal((await world.worker.claimOne()).claim.jobId, ids[0])
      }
    },
  },
  {
    rule: 'prune/only-old-and-ended',
    name: 'two pruners at once remove each job once',
    async run(world) {
      const [first, second] = await world.workers(2)
      const ids = await world.dispatch(...Array.from({ length: 20 }, () => ({})))
      await world.driver.cancel({ ids })
      world.advance(1_000)
      const request = { retention: { cancelledMs: 10 }, limit: 100 }
      const replies = await Promise.all([first!.driver.prune(request), second!.driver.prune(request)])
      assert.equal(replies[0].removed + replies[1].removed, 20)
      assert.deepEqual((await world.driver.list({ filter: {}, limit: 100 })).jobs, [])
    },
  },
]

interface CancelRace {
  readonly ids: readonly string[]
  readonly verdicts: readonly CancelVerdict[]
  readonly claimed: readonly ClaimedJob[]
}

async function assertCancelled(world: World, { ids, verdicts, claimed }: CancelRace): Promise<void> {
  const running = new Map(claimed.map((job) => [job.claim.jobId, job]))
  for (const [index, id] of ids.entries()) {
    const job = running.get(id)
    assert.equal(verdicts[index], job === undefined ? 'cancelled' : 'requested')
    if (job !== undefined) assert.equal(await world.worker.settle(job, 'finished'), 'cancelled')
    assertFields(await world.find(id), { state: 'cancelled' })
  }
  assert.deepEqual(await world.worker.claimAll(), [])
}

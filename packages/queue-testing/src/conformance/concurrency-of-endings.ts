import assert from 'node:assert/strict'
import type { ClaimedJob, ReapedJob, SettlementVerdict } from '@goplate/queue-core'
import { assertFields } from './assert-fields.ts'
import { leaseMs, settlementOf, type ActingWorker } from './acting-worker.ts'
import type { ConformanceCase } from './conformance-case.ts'
import type { World } from './world.ts'

/** Races over who decides what a claim came to. */
export const endingRaceCases: readonly ConformanceCase[] = [
  {
    rule: 'settle/once',
    name: 'the same settlement from several connections at once',
    async run(world) {
      const workers = await world.workers(4)
      for (const outcome of ['finished', 'retried', 'failed', 'released'] as const) {
        const job = await world.running()
        const settlements = [settlementOf(job, outcome, { delayMs: 1_000, reason: 'permanent' })]
        const verdicts = await Promise.all(
          workers.map(({ driver }) => driver.settle({ worker: world.worker.name, settlements })),
        )
        assert.deepEqual(verdicts.flat().sort(), ['applied', 'repeated', 'repeated', 'repeated'])
        assert.equal((await world.find(job.claim.jobId, { history: true })).history?.length, 1)
        await world.driver.cancel({ ids: [job.claim.jobId] })
      }
    },
  },
  {
    rule: 'settle/needs-standing-lease',
    name: 'the stale worker and the present one settle at the same moment',
    async run(world) {
      const [first, second] = await world.workers(2)
      for (let round = 0; round < 5; round++) {
        const id = await world.dispatchOne()
        const stale = await first!.claimOne()
        await world.reapAll()
        const present = await second!.claimOne({ solo: true })
        const verdicts = await Promise.all([
          first!.settle(stale, 'failed', { reason: 'permanent' }),
          second!.settle(present, 'finished', { result: '"present"' }),
          first!.settle(stale, 'retried', { delayMs: 0 }),
        ])
        assert.deepEqual(verdicts, ['lost', 'applied', 'lost'])
        assertFields(await world.find(id), { state: 'finished', result: '"present"' })
      }
    },
  },
  {
    rule: 'reap/settled-jobs-stay',
    name: 'settling races reaping: each job is moved by exactly one of them',
    async run(world) {
      const [worker, reaper] = await world.workers(2)
      for (let round = 0; round < 8; round++) {
        const race = await expiredClaim(world, worker!)
        const reap = () => reaper!.driver.reap({ confirmed: race.expired })
        const settle = () => Promise.all(race.claimed.map((job) => worker!.settle(job, 'finished')))
        const inThisOrder = round % 2 === 0
        const reaping = inThisOrder ? undefined : reap()
        const settling = settle()
        const [verdicts, { reaped }] = await Promise.all([settling, reaping ?? reap()])
        await assertMovedOnce(world, { claimed: race.claimed, verdicts, reaped })
      }
    },
  },
  {
    rule: 'reap/settled-jobs-stay',
    name: 'two reapers at once count one crash',
    async run(world) {
      const reapers = await world.workers(2)
      for (let round = 0; round < 5; round++) {
        const { claimed, expired } = await expiredClaim(world, world.worker)
        const replies = await Promise.all(reapers.map(({ driver }) => driver.reap({ confirmed: expired })))
        assert.equal(replies.flatMap(({ reaped }) => reaped).length, claimed.length)
        for (const { claim } of claimed) assertFields(await world.find(claim.jobId), { state: 'pending', crashes: 1 })
      }
    },
  },
  {
    rule: 'reap/needs-two-sightings',
    name: 'extending races reaping: the lease stands or is gone, never both',
    async run(world) {
      const [worker, reaper] = await world.workers(2)
      for (let round = 0; round < 8; round++) {
        const { claimed, expired } = await expiredClaim(world, worker!)
        const [{ held }, { reaped }] = await Promise.all([
          worker!.extend(claimed[0]!),
          reaper!.driver.reap({ confirmed: expired }),
        ])
        assert.equal(reaped.length, held.length === 1 ? 0 : claimed.length)
        const verdict = await worker!.settle(claimed[0]!, 'finished')
        assert.equal(verdict, held.length === 1 ? 'applied' : 'lost')
      }
    },
  },
]

/** Four running jobs whose lease has run out and was seen so once. */
async function expiredClaim(world: World, worker: ActingWorker) {
  await world.dispatch({}, {}, {}, {})
  const claimed = await worker.claimAll()
  assert.equal(claimed.length, 4)
  world.advance(leaseMs + 1)
  const { expired } = await world.driver.reap({ confirmed: [] })
  const { leaseId } = claimed[0]!.claim
  return { claimed, expired: expired.filter((sighting) => sighting.leaseId === leaseId) }
}

interface EndingRace {
  readonly claimed: readonly ClaimedJob[]
  readonly verdicts: readonly SettlementVerdict[]
  readonly reaped: readonly ReapedJob[]
}

async function assertMovedOnce(world: World, { claimed, verdicts, reaped }: EndingRace): Promise<void> {
  for (const [index, { claim }] of claimed.entries()) {
    const times = reaped.filter(({ jobId }) => jobId === claim.jobId).length
    assert.deepEqual([verdicts[index], times], times > 0 ? ['lost', 1] : ['applied', 0])
    assertFields(await world.find(claim.jobId), { state: times > 0 ? 'pending' : 'finished' })
  }
}

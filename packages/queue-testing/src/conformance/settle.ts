import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import type { ClaimedJob } from '@goplate/queue-core'
import { assertFields } from './assert-fields.ts'
import { settlementOf } from './acting-worker.ts'
import type { ConformanceCase } from './conformance-case.ts'

export const settleCases: readonly ConformanceCase[] = [
  {
    rule: 'settle/once',
    name: 'the first word counts, whatever the repetition says',
    async run(world) {
      const job = await world.running()
      assert.equal(await world.worker.settle(job, 'finished', { result: '1' }), 'applied')
      for (const outcome of ['finished', 'failed', 'retried', 'released', 'cancelled'] as const) {
        assert.equal(await world.worker.settle(job, outcome, { delayMs: 0, result: '2' }), 'repeated')
      }
      const found = await world.find(job.claim.jobId, { history: true })
      assertFields(found, { state: 'finished', result: '1' })
      assert.equal(found.history?.length, 1)
      assert.deepEqual(await world.worker.claimAll(), [])
    },
  },
  {
    rule: 'settle/once',
    name: 'a repeated retry neither waits twice nor disturbs the claim after it',
    async run(world) {
      const job = await world.running()
      await world.worker.settle(job, 'retried', { delayMs: 100 })
      assert.equal(await world.worker.settle(job, 'retried', { delayMs: 900 }), 'repeated')
      world.advance(100)
      const next = await world.worker.claimOne()
      assert.equal(await world.worker.settle(job, 'finished'), 'repeated')
      assert.equal((await world.worker.extend(next)).held.length, 1)
      assert.equal(await world.worker.settle(next, 'finished'), 'applied')
    },
  },
  {
    rule: 'settle/once',
    name: 'twice in one call',
    async run(world) {
      const job = await world.running()
      const twice = [settlementOf(job, 'retried', { delayMs: 0 }), settlementOf(job, 'finished')]
      assert.deepEqual(await world.worker.settleAll(twice), ['applied', 'repeated'])
      assertFields(await world.find(job.claim.jobId), { state: 'pending', attempt: 1 })
    },
  },
  {
    rule: 'settle/once',
    name: 'a settlement that a cancel overruled is repeated as well',
    async run(world) {
      const job = await world.running()
      await world.driver.cancel({ ids: [job.claim.jobId] })
      assert.equal(await world.worker.settle(job, 'finished'), 'cancelled')
      assert.equal(await world.worker.settle(job, 'finished'), 'repeated')
      assertFields(await world.find(job.claim.jobId), { state: 'cancelled' })
    },
  },
  {
    rule: 'settle/replay-keeps-neighbours',
    name: 'as many repetitions as the lease has jobs, alone and in one call',
    async run(world) {
      await world.dispatch({}, {}, {})
      const [a, b, c] = (await world.worker.claimAll()) as [ClaimedJob, ClaimedJob, ClaimedJob]
      for (let time = 1; time <= 3; time++) await world.worker.settle(a, 'finished')
      await world.worker.settleAll([1, 2, 3].map(() => settlementOf(a, 'finished')))
      assert.equal((await world.worker.extend(b)).held.length, 1, 'the lease still stands')
      assertFields(await world.find(b.claim.jobId), { state: 'running' })
      assert.deepEqual(await world.worker.settleAll([settlementOf(b, 'retried', { delayMs: 0 })]), ['applied'])
      assert.equal(await world.worker.settle(c, 'finished'), 'applied')
    },
  },
  {
    rule: 'settle/replay-keeps-neighbours',
    name: 'the neighbours of a repeated settlement are still found by the reaper',
    async run(world) {
      await world.dispatch({}, {})
      const [a, b] = (await world.worker.claimAll()) as [ClaimedJob, ClaimedJob]
      for (let time = 1; time <= 4; time++) await world.worker.settle(a, 'finished')
      const { reaped } = await world.reapAll()
      assert.deepEqual(
        reaped.map(({ jobId }) => jobId),
        [b.claim.jobId],
      )
      assertFields(await world.find(a.claim.jobId), { state: 'finished' })
    },
  },
  {
    rule: 'settle/each-on-its-own',
    name: 'lost, repeated and applied in one call, over several leases, in order',
    async run(world) {
      await world.dispatch({}, {}, {}, {})
      const [a, b] = (await world.worker.claimAll({ limit: 2 })) as [ClaimedJob, ClaimedJob]
      const [c, d] = (await world.worker.claimAll({ limit: 2 })) as [ClaimedJob, ClaimedJob]
      await world.worker.settle(b, 'finished')
      await world.driver.cancel({ ids: [d.claim.jobId] })
      const lost = { ...a, claim: { ...a.claim, leaseId: randomUUID() } }
      const verdicts = await world.worker.settleAll([
        settlementOf(c, 'failed', { reason: 'permanent' }),
        settlementOf(lost, 'failed'),
        settlementOf(d, 'finished'),
        settlementOf(b, 'failed'),
        settlementOf(a, 'finished', { result: '"a"' }),
        settlementOf(c, 'finished'),
      ])
      assert.deepEqual(verdicts, ['applied', 'lost', 'cancelled', 'repeated', 'applied', 'repeated'])
      assertFields(await world.find(a.claim.jobId), { state: 'finished', result: '"a"' })
      assertFields(await world.find(b.claim.jobId), { state: 'finished' })
      assertFields(await world.find(c.claim.jobId), { state: 'failed' })
      assertFields(await world.find(d.claim.jobId), { state: 'cancelled' })
    },
  },
]

import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import type { ClaimedJob, ClaimRef } from '@goplate/queue-core'
import { assertFields } from './assert-fields.ts'
import { leaseMs, settlementOf } from './acting-worker.ts'
import type { ConformanceCase } from './conformance-case.ts'

const everyOutcome = ['finished', 'failed', 'cancelled', 'retried', 'snoozed', 'released'] as const

export const fenceCases: readonly ConformanceCase[] = [
  {
    rule: 'settle/needs-standing-lease',
    name: 'while the job waits again',
    async run(world) {
      const stale = await world.running()
      await world.reapAll()
      for (const outcome of everyOutcome) {
        assert.equal(await world.worker.settle(stale, outcome, { delayMs: 0, reason: 'permanent' }), 'lost')
      }
      assertFields(await world.find(stale.claim.jobId), { state: 'pending', attempt: 0, crashes: 1, result: undefined })
    },
  },
  {
    rule: 'settle/needs-standing-lease',
    name: 'while the next claim runs, by a worker of another name or the same, and after that has settled',
    async run(world) {
      for (const names of [
        ['first', 'second'],
        ['same', 'same'],
      ] as const) {
        const [first, second] = [world.named(names[0]), world.named(names[1])]
        const id = await world.dispatchOne()
        const stale = await first.claimOne()
        await world.reapAll()
        const present = await second.claimOne({ solo: true })
        for (const outcome of everyOutcome) {
          assert.equal(await first.settle(stale, outcome, { delayMs: 0, result: '"stale"' }), 'lost')
        }
        assertFields(await world.find(id), { state: 'running', epoch: present.claim.epoch, attempt: present.attempt })
        assert.equal((await second.extend(present)).held.length, 1)
        assert.equal(await second.settle(present, 'finished', { result: '"present"' }), 'applied')
        assert.equal(await first.settle(stale, 'finished', { result: '"stale"' }), 'lost')
        assertFields(await world.find(id), { state: 'finished', result: '"present"' })
      }
    },
  },
  {
    rule: 'settle/needs-standing-lease',
    name: 'also when the job failed as crashed, or ended as cancelled, when the lease was taken',
    async run(world) {
      const crashed = await world.running({ maxCrashes: 0 })
      await world.reapAll()
      assert.equal(await world.worker.settle(crashed, 'finished', { result: '1' }), 'lost')
      assertFields(await world.find(crashed.claim.jobId), { state: 'failed', reason: 'crashed', result: undefined })
      const cancelled = await world.running()
      await world.driver.cancel({ ids: [cancelled.claim.jobId] })
      await world.reapAll()
      assert.equal(await world.worker.settle(cancelled, 'finished'), 'lost')
      assertFields(await world.find(cancelled.claim.jobId), { state: 'cancelled' })
    },
  },
  {
    rule: 'settle/needs-the-claimed-epoch',
    name: 'a claim of which one part is not its own decides nothing',
    async run(world) {
      await world.dispatch({}, {}, {})
      const [a, b] = (await world.worker.claimAll({ limit: 2 })) as [ClaimedJob, ClaimedJob]
      const other = await world.worker.claimOne()
      const forged: ClaimRef[] = [
        { ...a.claim, epoch: a.claim.epoch + 1 },
        { ...a.claim, epoch: a.claim.epoch - 1 },
        { ...a.claim, jobId: b.claim.jobId },
        { ...a.claim, position: b.claim.position },
        { ...a.claim, position: 99 },
        { ...a.claim, leaseId: other.claim.leaseId },
        { ...a.claim, leaseId: randomUUID() },
      ]
      for (const claim of forged) {
        const verdicts = await world.worker.settleAll([
          settlementOf({ ...a, claim }, 'finished', { result: '"forged"' }),
        ])
        assert.deepEqual(verdicts, ['lost'], JSON.stringify(claim))
      }
      for (const job of [a, b, other]) {
        assertFields(await world.find(job.claim.jobId), { state: 'running' })
        assert.equal(await world.worker.settle(job, 'finished'), 'applied')
      }
    },
  },
  {
    rule: 'settle/needs-the-claimed-epoch',
    name: 'the claim before the present one of the same worker decides nothing, although the attempt is the same',
    async run(world) {
      const old = await world.running()
      await world.worker.settle(old, 'released')
      const present = await world.worker.claimOne()
      assert.equal(present.attempt, old.attempt)
      for (const outcome of everyOutcome) {
        assert.notEqual(await world.worker.settle(old, outcome, { delayMs: 0 }), 'applied')
        const mixed = { ...present, claim: { ...present.claim, epoch: old.claim.epoch } }
        assert.notEqual(await world.worker.settle(mixed, outcome, { delayMs: 0 }), 'applied')
      }
      assertFields(await world.find(old.claim.jobId), { state: 'running', epoch: present.claim.epoch })
    },
  },
  {
    rule: 'settle/expired-but-standing-counts',
    name: 'late, but nobody had taken the lease away, although a reaper had seen it',
    async run(world) {
      const job = await world.running()
      world.advance(leaseMs * 10)
      const { expired } = await world.driver.reap({ confirmed: [] })
      assert.equal(expired.length, 1)
      assert.equal(await world.worker.settle(job, 'finished', { result: '1' }), 'applied')
      assert.deepEqual((await world.driver.reap({ confirmed: expired })).reaped, [])
      assertFields(await world.find(job.claim.jobId), { state: 'finished', result: '1', crashes: 0 })
    },
  },
]

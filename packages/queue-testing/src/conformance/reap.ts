import assert from 'node:assert/strict'
import { assertFields } from './assert-fields.ts'
import { leaseMs } from './acting-worker.ts'
import type { ConformanceCase } from './conformance-case.ts'

export const reapCases: readonly ConformanceCase[] = [
  {
    rule: 'reap/needs-two-sightings',
    name: 'the first look only tells; the second takes away',
    async run(world) {
      const job = await world.running()
      world.advance(leaseMs + 1)
      const first = await world.driver.reap({ confirmed: [] })
      assert.deepEqual(first.reaped, [])
      assert.deepEqual(
        first.expired.map(({ leaseId }) => leaseId),
        [job.claim.leaseId],
      )
      assertFields(await world.find(job.claim.jobId), { state: 'running' })
      const second = await world.driver.reap({ confirmed: first.expired })
      assert.equal(second.reaped.length, 1)
      assert.deepEqual(second.expired, [])
      assert.deepEqual((await world.driver.reap({ confirmed: first.expired })).reaped, [])
    },
  },
  {
    rule: 'reap/needs-two-sightings',
    name: 'a lease that was extended since is left alone, also when it has expired again',
    async run(world) {
      const job = await world.running()
      world.advance(leaseMs + 1)
      const { expired } = await world.driver.reap({ confirmed: [] })
      await world.worker.extend(job)
      assert.deepEqual((await world.driver.reap({ confirmed: expired })).reaped, [])
      world.advance(leaseMs + 1)
      const again = await world.driver.reap({ confirmed: expired })
      assert.deepEqual(again.reaped, [])
      assert.equal(again.expired.length, 1)
      assertFields(await world.find(job.claim.jobId), { state: 'running' })
      assert.equal((await world.driver.reap({ confirmed: again.expired })).reaped.length, 1)
    },
  },
  {
    rule: 'reap/needs-two-sightings',
    name: 'a lease that is not expired is left alone, also when a sighting names it',
    async run(world) {
      const job = await world.running()
      world.advance(leaseMs + 1)
      const { expired } = await world.driver.reap({ confirmed: [] })
      world.advance(-leaseMs)
      const reply = await world.driver.reap({ confirmed: expired })
      assert.deepEqual(reply, { expired: [], reaped: [] })
      assert.equal(await world.worker.settle(job, 'finished'), 'applied')
    },
  },
  {
    rule: 'reap/gives-the-attempt-back',
    name: 'pending and due, one crash more, whatever its type; the next claim is the same attempt of a new epoch',
    async run(world) {
      const job = await world.running({ type: 'gamma', maxAttempts: 1 }, { types: ['gamma'] })
      const { reaped } = await world.reapAll()
      const { jobId } = job.claim
      const facts = { jobId, type: 'gamma', queue: 'default', epoch: 1, attempt: 1, maxAttempts: 1 }
      assert.deepEqual(reaped, [{ ...facts, crashes: 1, to: 'pending' }])
      const found = await world.find(jobId, { history: true })
      assertFields(found, { state: 'pending', attempt: 0, crashes: 1, epoch: 1 })
      assertFields(found.history![0]!, { outcome: 'crashed', epoch: 1, attempt: 1, endedAt: world.now() })
      const next = await world.worker.claimOne({ solo: true, types: ['gamma'] })
      assertFields(next, { attempt: 1, crashes: 1 })
      assert.equal(next.claim.epoch, 2)
    },
  },
  {
    rule: 'reap/gives-the-attempt-back',
    name: 'every job of the lease that was not settled',
    async run(world) {
      const ids = await world.dispatch({}, {}, {})
      await world.worker.claimAll()
      const { reaped } = await world.reapAll()
      assert.deepEqual(new Set(reaped.map(({ jobId }) => jobId)), new Set(ids))
      const pending = await world.driver.list({ filter: { states: ['pending'] }, limit: 10 })
      assert.equal(pending.jobs.length, 3)
    },
  },
  {
    rule: 'reap/crash-budget',
    name: 'it survives maxCrashes of them and fails at the next',
    async run(world) {
      const id = await world.dispatchOne({ maxCrashes: 2, maxAttempts: 1 })
      const fates = [await world.crash(), await world.crash({ solo: true }), await world.crash({ solo: true })]
      assert.deepEqual(
        fates.map(({ reaped }) => reaped.map(({ crashes, to }) => [crashes, to])),
        [[[1, 'pending']], [[2, 'pending']], [[3, 'failed']]],
      )
      const found = await world.find(id, { history: true })
      assertFields(found, { state: 'failed', reason: 'crashed', endedAt: world.now(), crashes: 3 })
      assert.deepEqual(
        found.history?.map(({ outcome }) => outcome),
        ['crashed', 'crashed', 'failed'],
      )
      assert.deepEqual(await world.worker.claimAll({ solo: true }), [])
    },
  },
  {
    rule: 'reap/crash-budget',
    name: 'maxCrashes 0 fails at the first',
    async run(world) {
      const id = await world.dispatchOne({ maxCrashes: 0 })
      const { reaped } = await world.crash()
      assert.deepEqual(
        reaped.map(({ crashes, to }) => [crashes, to]),
        [[1, 'failed']],
      )
      assertFields(await world.find(id), { state: 'failed', reason: 'crashed' })
    },
  },
  {
    rule: 'reap/cancel-asked-ends-it',
    name: 'cancelled, with the words of the canceller, also when the crash budget is used up',
    async run(world) {
      for (const maxCrashes of [3, 0]) {
        const job = await world.running({ maxCrashes })
        await world.driver.cancel({ ids: [job.claim.jobId], reason: 'stop it' })
        const { reaped } = await world.reapAll()
        assert.deepEqual(
          reaped.map(({ jobId, to }) => [jobId, to]),
          [[job.claim.jobId, 'cancelled']],
        )
        assertFields(await world.find(job.claim.jobId), { state: 'cancelled', reason: 'stop it', endedAt: world.now() })
      }
      assert.deepEqual(await world.worker.claimAll({ solo: true }), [])
    },
  },
  {
    rule: 'reap/settled-jobs-stay',
    name: 'only what the lease still held is moved',
    async run(world) {
      await world.dispatch({}, {}, {})
      const [a, b, c] = await world.worker.claimAll()
      await world.worker.settle(a!, 'finished')
      await world.worker.settle(b!, 'retried', { delayMs: 0 })
      const next = await world.worker.claimOne({ limit: 1 })
      world.advance(20_000)
      await world.worker.extend(next)
      world.advance(leaseMs - 20_000 + 1)
      const { expired } = await world.driver.reap({ confirmed: [] })
      const { reaped } = await world.driver.reap({ confirmed: expired })
      assert.deepEqual(
        reaped.map(({ jobId }) => jobId),
        [c!.claim.jobId],
      )
      assertFields(await world.find(a!.claim.jobId), { state: 'finished', crashes: 0 })
      assertFields(await world.find(b!.claim.jobId), { state: 'running', crashes: 0, epoch: 2 })
    },
  },
]

import assert from 'node:assert/strict'
import { failureReasons } from '@goplate/queue-core'
import { assertFields } from './assert-fields.ts'
import { idsOf } from './claim.ts'
import type { ConformanceCase } from './conformance-case.ts'

const error = '{ "name":"TypeError", "message":"é \\u2028 \'x\'" }'

export const outcomeCases: readonly ConformanceCase[] = [
  {
    rule: 'settle/finished-keeps-result',
    name: 'state, result, time, attempt and duration',
    async run(world) {
      const result = '{ "b":1.0,"a":[ null ] }'
      const job = await world.running()
      world.advance(250)
      await world.worker.settle(job, 'finished', { result, waitMs: 7, durationMs: 249 })
      const found = await world.find(job.claim.jobId, { history: true })
      assertFields(found, { state: 'finished', result, endedAt: world.now(), epoch: 1, attempt: 1, error: undefined })
      assertFields(found, { availableAt: undefined, startedAt: undefined })
      assertFields(found.history![0]!, {
        outcome: 'finished',
        result,
        endedAt: world.now(),
        waitMs: 7,
        durationMs: 249,
      })
    },
  },
  {
    rule: 'settle/finished-keeps-result',
    name: 'no result is not the result null',
    async run(world) {
      const [a, b] = [await world.running(), await world.running()]
      await world.worker.settle(a, 'finished')
      await world.worker.settle(b, 'finished', { result: 'null' })
      assertFields(await world.find(a.claim.jobId), { result: undefined })
      assertFields(await world.find(b.claim.jobId), { result: 'null' })
    },
  },
  {
    rule: 'settle/failed-keeps-error-and-reason',
    name: 'every reason, the error to the character',
    async run(world) {
      for (const reason of failureReasons) {
        const job = await world.running()
        await world.worker.settle(job, 'failed', { reason, error })
        const found = await world.find(job.claim.jobId, { history: true })
        assertFields(found, { state: 'failed', reason, error, endedAt: world.now(), attempt: 1, result: undefined })
        assertFields(found.history![0]!, { outcome: 'failed', reason, error })
      }
      assert.deepEqual(await world.worker.claimAll(), [])
    },
  },
  {
    rule: 'settle/retried-waits-its-delay',
    name: 'due again when the delay is over, with one attempt used and its error kept',
    async run(world) {
      const job = await world.running()
      world.advance(10)
      await world.worker.settle(job, 'retried', { delayMs: 1_000, error })
      const waiting = await world.find(job.claim.jobId)
      assertFields(waiting, { state: 'pending', attempt: 1, epoch: 1, error, availableAt: world.now() + 1_000 })
      assertFields(waiting, { endedAt: undefined, startedAt: undefined })
      world.advance(999)
      assert.deepEqual(await world.worker.claimAll(), [])
      world.advance(1)
      assertFields(await world.worker.claimOne(), { attempt: 2, waitMs: 0 })
    },
  },
  {
    rule: 'settle/snoozed-gives-the-attempt-back',
    name: 'due again when the delay is over, with the same attempt',
    async run(world) {
      const job = await world.running()
      await world.worker.settle(job, 'snoozed', { delayMs: 1_000, reason: 'not yet' })
      assertFields(await world.find(job.claim.jobId), {
        state: 'pending',
        attempt: 0,
        availableAt: world.now() + 1_000,
      })
      world.advance(999)
      assert.deepEqual(await world.worker.claimAll(), [])
      world.advance(1)
      assertFields(await world.worker.claimOne(), { attempt: 1 })
    },
  },
  {
    rule: 'settle/released-keeps-its-place',
    name: 'claimed again before what was due after it, with the same attempt',
    async run(world) {
      const first = await world.dispatchOne()
      world.advance(5)
      const second = await world.dispatchOne()
      const job = await world.worker.claimOne({ limit: 1 })
      world.advance(100)
      await world.worker.settle(job, 'released')
      assertFields(await world.find(first), { state: 'pending', attempt: 0, availableAt: world.now() - 105 })
      const again = await world.worker.claimAll()
      assert.deepEqual(idsOf(again), [first, second])
      assertFields(again[0]!, { attempt: 1, waitMs: 105 })
    },
  },
  {
    rule: 'settle/released-keeps-its-place',
    name: 'the place of a retry is the time it was due again',
    async run(world) {
      const job = await world.running()
      await world.worker.settle(job, 'retried', { delayMs: 1_000 })
      world.advance(1_000)
      const due = world.now()
      const second = await world.worker.claimOne()
      world.advance(50)
      await world.worker.settle(second, 'released')
      assertFields(await world.find(job.claim.jobId), { attempt: 1, availableAt: due })
      assertFields(await world.worker.claimOne(), { attempt: 2 })
    },
  },
  {
    rule: 'settle/cancel-wins',
    name: 'over every outcome, with the words of the canceller',
    async run(world) {
      for (const outcome of ['finished', 'failed', 'cancelled', 'retried', 'snoozed', 'released'] as const) {
        const job = await world.running()
        await world.driver.cancel({ ids: [job.claim.jobId], reason: 'no longer wanted' })
        assert.equal(await world.worker.settle(job, outcome, { delayMs: 0, reason: 'permanent' }), 'cancelled')
        const found = await world.find(job.claim.jobId, { history: true })
        assertFields(found, { state: 'cancelled', reason: 'no longer wanted', endedAt: world.now() })
        assert(!found.cancelRequested)
        assert.deepEqual(
          found.history?.map((epoch) => epoch.outcome),
          ['cancelled'],
        )
        assert.deepEqual(await world.worker.claimAll(), [])
      }
    },
  },
  {
    rule: 'settle/cancel-wins',
    name: 'what the overruled attempt came to is kept as information',
    async run(world) {
      const finished = await world.running()
      const failed = await world.running()
      await world.driver.cancel({ ids: [finished.claim.jobId, failed.claim.jobId] })
      await world.worker.settle(finished, 'finished', { result: '{"sent":1}' })
      await world.worker.settle(failed, 'failed', { reason: 'permanent', error: '{"message":"no"}' })
      assertFields(await world.find(finished.claim.jobId), { state: 'cancelled', result: '{"sent":1}' })
      const found = await world.find(failed.claim.jobId, { history: true })
      assertFields(found, { state: 'cancelled', error: '{"message":"no"}' })
      assertFields(found.history![0]!, { outcome: 'cancelled', error: '{"message":"no"}' })
    },
  },
  {
    rule: 'settle/cancel-wins',
    name: 'a handler may cancel its own job, with its own words',
    async run(world) {
      const job = await world.running()
      assert.equal(await world.worker.settle(job, 'cancelled', { reason: 'nobody is there' }), 'applied')
      assertFields(await world.find(job.claim.jobId), { state: 'cancelled', reason: 'nobody is there', attempt: 1 })
    },
  },
  {
    rule: 'settle/cancel-wins',
    name: 'the neighbours in the lease are not cancelled',
    async run(world) {
      await world.dispatch({}, {})
      const [a, b] = await world.worker.claimAll()
      await world.driver.cancel({ ids: [a!.claim.jobId] })
      assert.equal(await world.worker.settle(b!, 'finished'), 'applied')
      assert.equal(await world.worker.settle(a!, 'finished'), 'cancelled')
    },
  },
]

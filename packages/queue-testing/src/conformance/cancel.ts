import assert from 'node:assert/strict'
import { assertFields } from './assert-fields.ts'
import type { ConformanceCase } from './conformance-case.ts'
import { unknownIds } from './dispatch.ts'

export const cancelCases: readonly ConformanceCase[] = [
  {
    rule: 'cancel/waiting-ends-at-once',
    name: 'due, delayed, waiting for a retry, and crashed',
    async run(world) {
      const crashed = await world.dispatchOne()
      await world.crash()
      const retrying = await world.running()
      await world.worker.settle(retrying, 'retried', { delayMs: 1_000 })
      const ids = [crashed, retrying.claim.jobId, ...(await world.dispatch({}, { delayMs: 500 }))]
      const verdicts = await world.driver.cancel({ ids, reason: 'changed our mind' })
      assert.deepEqual(verdicts, ['cancelled', 'cancelled', 'cancelled', 'cancelled'])
      for (const id of ids) {
        const found = await world.find(id, { history: true })
        assertFields(found, { state: 'cancelled', reason: 'changed our mind', endedAt: world.now() })
        assertFields(found, { availableAt: undefined, result: undefined })
        assert.equal(found.history?.at(-1)?.outcome, 'cancelled')
      }
      world.advance(86_400_000)
      assert.deepEqual([...(await world.worker.claimAll()), ...(await world.worker.claimAll({ solo: true }))], [])
    },
  },
  {
    rule: 'cancel/waiting-ends-at-once',
    name: 'without a reason; attempt 0 if it never ran, and an epoch of its own',
    async run(world) {
      const id = await world.dispatchOne()
      assert.deepEqual(await world.driver.cancel({ ids: [id] }), ['cancelled'])
      assertFields(await world.find(id), { state: 'cancelled', reason: undefined, attempt: 0, epoch: 1 })
    },
  },
  {
    rule: 'cancel/running-is-asked',
    name: 'marked, not moved, however often it is asked',
    async run(world) {
      const job = await world.running()
      for (let time = 1; time <= 2; time++) {
        assert.deepEqual(await world.driver.cancel({ ids: [job.claim.jobId] }), ['requested'])
        assertFields(await world.find(job.claim.jobId), { state: 'running', epoch: 1, cancelRequested: true })
      }
      assert.equal((await world.worker.extend(job)).held.length, 1)
    },
  },
  {
    rule: 'cancel/running-is-asked',
    name: 'only the jobs that were named are marked',
    async run(world) {
      await world.dispatch({}, {})
      const [a, b] = await world.worker.claimAll()
      await world.driver.cancel({ ids: [a!.claim.jobId] })
      assert(!(await world.find(b!.claim.jobId)).cancelRequested)
    },
  },
  {
    rule: 'cancel/ended-stays',
    name: 'nothing about an ended job changes; verdicts follow the ids; unknown ids are missing',
    async run(world) {
      const ids: string[] = []
      for (const outcome of ['finished', 'failed', 'cancelled'] as const) {
        const job = await world.running()
        await world.worker.settle(job, outcome, { reason: 'permanent', error: '{}' })
        ids.push(job.claim.jobId)
      }
      const before = await world.driver.find({ ids, history: true })
      const unknown = await unknownIds(world)
      const waiting = await world.dispatchOne()
      world.advance(1_000)
      const asked = [ids[0]!, ...unknown, ids[1]!, waiting, ids[2]!]
      const verdicts = await world.driver.cancel({ ids: asked, reason: 'too late' })
      assert.deepEqual(verdicts, ['ended', ...unknown.map(() => 'missing'), 'ended', 'cancelled', 'ended'])
      assert.deepEqual(await world.driver.find({ ids, history: true }), before)
    },
  },
]

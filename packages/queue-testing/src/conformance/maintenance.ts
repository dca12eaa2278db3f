import assert from 'node:assert/strict'
import type { PruneReply, PruneRequest, Retention } from '@goplate/queue-core'
import type { ConformanceCase } from './conformance-case.ts'
import { unknownIds } from './dispatch.ts'
import type { World } from './world.ts'

const day = 86_400_000

export const maintenanceCases: readonly ConformanceCase[] = [
  {
    rule: 'prune/only-old-and-ended',
    name: 'by the time since the end, per state; what has not ended stays however old it is',
    async run(world) {
      const waiting = await world.dispatchOne({ delayMs: 100 * day })
      const running = (await world.running()).claim.jobId
      const old = await endedJobs(world)
      world.advance(2 * day)
      const young = await endedJobs(world)
      world.advance(5 * day)
      const retention = { finishedMs: 6 * day, failedMs: 8 * day, cancelledMs: 6 * day }
      assert.equal(await pruneAll(world, { retention, limit: 100 }), 2)
      const left = await idsLeft(world)
      assert.deepEqual(left, new Set([waiting, running, old.failed, young.finished, young.failed, young.cancelled]))
    },
  },
  {
    rule: 'prune/only-old-and-ended',
    name: 'a state without a time is kept for ever',
    async run(world) {
      const { failed } = await endedJobs(world)
      world.advance(1000 * day)
      assert.equal(await pruneAll(world, { retention: {}, limit: 100 }), 0)
      assert.equal(await pruneAll(world, { retention: { finishedMs: 0, cancelledMs: 0 }, limit: 100 }), 2)
      assert.deepEqual(await idsLeft(world), new Set([failed]))
    },
  },
  {
    rule: 'prune/only-old-and-ended',
    name: 'the time counts from the end, not from the dispatch',
    async run(world) {
      const job = await world.running()
      world.advance(10 * day)
      await world.worker.settle(job, 'finished')
      assert.equal(await pruneAll(world, { retention: { finishedMs: day }, limit: 100 }), 0)
      world.advance(day + 1)
      assert.equal(await pruneAll(world, { retention: { finishedMs: day }, limit: 100 }), 1)
    },
  },
  {
    rule: 'prune/only-old-and-ended',
    name: 'a job that was reopened has not ended',
    async run(world) {
      const { failed } = await endedJobs(world)
      world.advance(10 * day)
      await world.driver.retry({ ids: [failed], from: ['failed'] })
      await pruneAll(world, { retention: { finishedMs: day, failedMs: day, cancelledMs: day }, limit: 100 })
      assert.deepEqual(await idsLeft(world), new Set([failed]))
      await world.worker.claimOne()
    },
  },
  {
    rule: 'prune/by-type',
    name: 'the times of a type replace the general ones as a whole',
    async run(world) {
      const alpha = await endedJobs(world, 'alpha')
      const beta = await endedJobs(world, 'beta')
      world.advance(10 * day)
      const general = { finishedMs: day, failedMs: day, cancelledMs: 20 * day }
      const retention = { ...general, types: { beta: { failedMs: 20 * day, cancelledMs: day } } }
      assert.equal(await pruneAll(world, { retention, limit: 100 }), 3)
      assert.deepEqual(await idsLeft(world), new Set([alpha.cancelled, beta.finished, beta.failed]))
    },
  },
  {
    rule: 'prune/walks-in-steps',
    name: 'each step is bounded, and the steps together see every job',
    async run(world) {
      const kept = new Set<string>()
      for (let round = 0; round < 8; round++) {
        await endedJobs(world)
        kept.add(await world.dispatchOne({ delayMs: 100 * day }))
      }
      world.advance(10 * day)
      const retention = { finishedMs: day, failedMs: day, cancelledMs: day }
      const steps = await pruneSteps(world, { retention, limit: 5 })
      assert(steps.every(({ removed }) => removed <= 5))
      assert.equal(sum(steps), 24)
      assert.deepEqual(await idsLeft(world), kept)
      assert.equal(await pruneAll(world, { retention, limit: 5 }), 0)
    },
  },
  {
    rule: 'remove/only-ended',
    name: 'verdicts follow the ids; what has not ended stays, unknown ids are missing',
    async run(world) {
      const { finished, failed, cancelled } = await endedJobs(world)
      const running = (await world.running()).claim.jobId
      const unknown = await unknownIds(world)
      const waiting = await world.dispatchOne()
      const delayed = await world.dispatchOne({ delayMs: 9 })
      const ids = [finished, waiting, ...unknown, failed, running, cancelled, delayed]
      const missing = unknown.map(() => 'missing')
      const stays = 'not_ended'
      const expected = ['removed', stays, ...missing, 'removed', stays, 'removed', stays]
      assert.deepEqual(await world.driver.remove({ ids }), expected)
      assert.deepEqual(await idsLeft(world), new Set([running, waiting, delayed]))
    },
  },
  {
    rule: 'close/is-quiet',
    name: 'twice, one after the other and at once',
    async run(world) {
      await world.dispatchOne()
      const [other] = await world.workers(1)
      await assert.doesNotReject(Promise.all([other!.driver.close(), other!.driver.close()]))
      await assert.doesNotReject(other!.driver.close())
    },
  },
]

async function endedJobs(
  world: World,
  type = 'alpha',
): Promise<{ finished: string; failed: string; cancelled: string }> {
  const [finished, failed, cancelled] = await world.dispatch({ type }, { type }, { type })
  const [a, b] = await world.worker.claimAll({ limit: 2 })
  await world.worker.settle(a!, 'finished')
  await world.worker.settle(b!, 'failed', { reason: 'permanent' })
  await world.driver.cancel({ ids: [cancelled!] })
  return { finished: finished!, failed: failed!, cancelled: cancelled! }
}

interface Walk {
  readonly retention: Retention
  readonly limit: number
}

async function pruneAll(world: World, walk: Walk): Promise<number> {
  return sum(await pruneSteps(world, walk))
}

/** Follows the walk to its end; a walk that does not end in a hundred steps never will. */
async function pruneSteps(world: World, walk: Walk): Promise<PruneReply[]> {
  const steps: PruneReply[] = []
  let request: PruneRequest = walk
  while (steps.length < 100) {
    const step = await world.driver.prune(request)
    steps.push(step)
    if (step.next === undefined) return steps
    request = { ...walk, after: step.next }
  }
  return assert.fail('the walk does not end')
}

function sum(steps: readonly PruneReply[]): number {
  return steps.reduce((total, { removed }) => total + removed, 0)
}

async function idsLeft(world: World): Promise<Set<string>> {
  const { jobs } = await world.driver.list({ filter: {}, limit: 1000 })
  return new Set(jobs.map(({ id }) => id))
}

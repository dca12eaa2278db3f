import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import type { ClaimedJob } from '@goplate/queue-core'
import { assertFields } from './assert-fields.ts'
import type { ConformanceCase } from './conformance-case.ts'

export const claimCases: readonly ConformanceCase[] = [
  {
    rule: 'claim/exclusive',
    name: 'what one claim took the next does not see',
    async run(world) {
      const ids = await world.dispatch({}, {}, {})
      const taken = await world.worker.claimAll({ limit: 2 })
      const rest = await world.named('worker-2').claimAll()
      assert.deepEqual(idsOf([...taken, ...rest]), ids)
      assert.deepEqual(await world.worker.claimAll(), [])
    },
  },
  {
    rule: 'claim/in-order',
    name: 'by priority, then time due, then order of dispatch',
    async run(world) {
      const [last, sixth, fifth, third, fourth, first] = await world.dispatch(
        { priority: 1 },
        { delayMs: 20 },
        { delayMs: 10 },
        {},
        {},
        { priority: -3, delayMs: 30 },
      )
      const second = await world.dispatchOne({ priority: -2 })
      world.advance(30)
      const order = [first, second, third, fourth, fifth, sixth, last]
      assert.deepEqual(idsOf(await world.worker.claimAll()), order)
    },
  },
  {
    rule: 'claim/in-order',
    name: 'one at a time in the same order, also after others came',
    async run(world) {
      const waiting = await world.dispatch({}, { priority: 2 }, {})
      const claimed = [await world.worker.claimOne({ limit: 1 })]
      const urgent = await world.dispatchOne({ priority: -1 })
      for (let left = 3; left > 0; left--) claimed.push(await world.worker.claimOne({ limit: 1 }))
      assert.deepEqual(idsOf(claimed), [waiting[0], urgent, waiting[2], waiting[1]])
    },
  },
  {
    rule: 'claim/in-order',
    name: 'queues in the order asked',
    async run(world) {
      const [a, b, c] = await world.dispatch({ queue: 'a' }, { queue: 'b' }, { queue: 'a', priority: -9 })
      const queues = ['b', 'a'].map((queue) => ({ queue, limit: 5 }))
      assert.deepEqual(idsOf(await world.worker.claimAll({ queues })), [b, c, a])
    },
  },
  {
    rule: 'claim/only-due',
    name: 'a job that is not due is passed over until it is',
    async run(world) {
      const [soon, now] = await world.dispatch({ delayMs: 100, priority: -1 }, {})
      assert.deepEqual(idsOf(await world.worker.claimAll()), [now])
      world.advance(99)
      assert.deepEqual(await world.worker.claimAll(), [])
      world.advance(1)
      assert.deepEqual(idsOf(await world.worker.claimAll()), [soon])
    },
  },
  {
    rule: 'claim/keeps-limits',
    name: 'of each queue no more than its limit, and nothing of a queue that was not asked',
    async run(world) {
      await world.dispatch(...['a', 'b', 'c', 'd'].flatMap((queue) => [1, 2, 3, 4].map(() => ({ queue }))))
      const queues = [
        { queue: 'a', limit: 2 },
        { queue: 'b', limit: 0 },
        { queue: 'c', limit: 9 },
      ]
      const taken = await world.worker.claimAll({ queues })
      assert.deepEqual(
        taken.map(({ queue }) => queue),
        ['a', 'a', 'c', 'c', 'c', 'c'],
      )
    },
  },
  {
    rule: 'claim/keeps-limits',
    name: 'a claim that takes nothing leaves no lease',
    async run(world) {
      const id = await world.dispatchOne()
      const leaseId = randomUUID()
      await world.worker.claim({ leaseId, limit: 0 })
      assert.deepEqual(await world.driver.extend({ leases: [leaseId], leaseMs: 1_000 }), { held: [] })
      assertFields(await world.find(id), { state: 'pending', epoch: 0, attempt: 0 })
    },
  },
  {
    rule: 'claim/unknown-types-do-not-block',
    name: 'any number of unknown jobs at the head use up no limit and stay for who knows them',
    async run(world) {
      const unknown = await world.dispatch(...Array.from({ length: 250 }, () => ({ type: 'gamma', priority: -1 })))
      const known = await world.dispatch({}, {})
      assert.deepEqual(idsOf(await world.worker.claimAll({ limit: 2 })), known)
      const taken = await world.worker.claimAll({ types: ['gamma'], limit: 1000 })
      assert.deepEqual(idsOf(taken), unknown)
      assert(taken.every(({ attempt, claim }) => attempt === 1 && claim.epoch === 1))
    },
  },
  {
    rule: 'claim/raises-epoch-and-attempt',
    name: 'whatever the claims came to, each has a higher epoch; attempts count from 1',
    async run(world) {
      const id = await world.dispatchOne({ maxAttempts: 9 })
      const epochs: number[] = []
      const attempts: number[] = []
      for (const outcome of ['retried', 'snoozed', 'released', 'retried', 'finished'] as const) {
        const job = await world.worker.claimOne()
        assertFields(await world.find(id), { state: 'running', epoch: job.claim.epoch, attempt: job.attempt })
        epochs.push(job.claim.epoch)
        attempts.push(job.attempt)
        await world.worker.settle(job, outcome, { delayMs: 0 })
      }
      assert.deepEqual(attempts, [1, 2, 2, 2, 3])
      assert.deepEqual(epochs, [1, 2, 3, 4, 5])
    },
  },
  {
    rule: 'claim/raises-epoch-and-attempt',
    name: 'a claim names the lease it was asked to make, its job, and a place of its own in it',
    async run(world) {
      const ids = await world.dispatch({}, { queue: 'b' }, {})
      const leaseId = randomUUID()
      const queues = ['default', 'b'].map((queue) => ({ queue, limit: 9 }))
      const claimed = await world.worker.claimAll({ leaseId, queues })
      assert(claimed.every(({ claim }) => claim.leaseId === leaseId && claim.epoch === 1))
      assert.deepEqual(new Set(idsOf(claimed)), new Set(ids))
      assert.equal(new Set(claimed.map(({ claim }) => claim.position)).size, 3)
      assertFields(await world.find(ids[0]!), { startedAt: world.now(), availableAt: undefined })
    },
  },
  {
    rule: 'claim/tells-the-next-due',
    name: 'in milliseconds, of any queue and type, and nothing when nothing is to come',
    async run(world) {
      await world.dispatchOne()
      assert.equal((await world.worker.claim({ limit: 0 })).nextDueInMs, undefined)
      await world.dispatch({ delayMs: 9_000 }, { delayMs: 5_000, queue: 'other', type: 'gamma' })
      assert.equal((await world.worker.claim({ limit: 0 })).nextDueInMs, 5_000)
      world.advance(1_500)
      assert.equal((await world.worker.claim()).nextDueInMs, 3_500)
      world.advance(3_500)
      assert.equal((await world.worker.claim()).nextDueInMs, 4_000)
      world.advance(4_000)
      assert.equal((await world.worker.claim()).nextDueInMs, undefined)
    },
  },
  {
    rule: 'claim/tells-the-next-due',
    name: 'a retry that waits counts as well',
    async run(world) {
      await world.worker.settle(await world.running(), 'retried', { delayMs: 700 })
      assert.equal((await world.worker.claim()).nextDueInMs, 700)
    },
  },
  {
    rule: 'claim/flags-expired',
    name: 'later than expiresAt, and not before',
    async run(world) {
      await world.dispatch({ expiresAt: world.now() + 1_000 }, {}, { expiresAt: world.now() + 3_000 })
      assert.equal((await world.worker.claimOne({ limit: 1 })).expired, false)
      world.advance(2_000)
      await world.dispatchOne({ expiresAt: world.now() - 1 })
      const flags = (await world.worker.claimAll()).map(({ expired }) => expired)
      assert.deepEqual(flags, [false, false, true])
    },
  },
]

export function idsOf(jobs: readonly ClaimedJob[]): string[] {
  return jobs.map(({ claim }) => claim.jobId)
}

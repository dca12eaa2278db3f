import assert from 'node:assert/strict'
import { assertFields } from './assert-fields.ts'
import type { ConformanceCase } from './conformance-case.ts'
import { newJob, type World } from './world.ts'

/** JSON as no encoder would write it: an order, spaces, numbers and escapes that a re-encoding changes. */
const awkwardJson = String.raw`{ "b":1.10, "a" : "\u00e9 é 😀 \u2028 ' \" \\", "big":12345678901234567890, "b":2, "":[ ] }`

export const dispatchCases: readonly ConformanceCase[] = [
  {
    rule: 'dispatch/stores-what-was-asked',
    name: 'every field comes back, payload and meta to the character',
    async run(world) {
      const job = newJob({
        payload: awkwardJson,
        priority: -5,
        maxAttempts: 7,
        maxCrashes: 0,
        delayMs: 1500,
        expiresAt: world.now() + 60_000,
        unique: { key: 'alpha:clé', onConflict: 'return' },
        tags: ['one', "t'wo", 'drei "3"'],
        meta: '{ "trace":"00-ab" }',
      })
      const id = await world.dispatchOne(job)
      const { unique: _unique, delayMs: _delayMs, ...asIs } = job
      assertFields(await world.find(id), {
        ...asIs,
        id,
        state: 'pending',
        uniqueKey: 'alpha:clé',
        epoch: 0,
        attempt: 0,
        crashes: 0,
        createdAt: world.now(),
        availableAt: world.now() + 1500,
      })
    },
  },
  {
    rule: 'dispatch/stores-what-was-asked',
    name: 'what was not asked is absent',
    async run(world) {
      const job = await world.find(await world.dispatchOne())
      assertFields(job, { expiresAt: undefined, uniqueKey: undefined, tags: undefined, meta: undefined })
      assertFields(job, { error: undefined, result: undefined, reason: undefined, endedAt: undefined })
      assertFields(job, { startedAt: undefined, history: undefined })
    },
  },
  {
    rule: 'dispatch/stores-what-was-asked',
    name: 'a claim hands over what was dispatched',
    async run(world) {
      const fields = { payload: awkwardJson, priority: 9, maxAttempts: 2, tags: ['x'], meta: '{ "a":1 }' }
      assertFields(await world.running(fields), { ...fields, type: 'alpha', queue: 'default', attempt: 1, crashes: 0 })
    },
  },
  {
    rule: 'dispatch/answers-in-order',
    name: 'the receipts follow the jobs, and find follows the ids and leaves out unknown ones',
    async run(world) {
      const ids = await world.dispatch(...numbered(40))
      const shuffled = [...ids.slice(20).reverse(), ...(await unknownIds(world)), ...ids.slice(0, 20)]
      const found = await world.driver.find({ ids: shuffled })
      assert.deepEqual(
        found.map(({ id, payload }) => [id, payload]),
        shuffled.filter((id) => ids.includes(id)).map((id) => [id, `{"n":${ids.indexOf(id)}}`]),
      )
    },
  },
  {
    rule: 'dispatch/answers-in-order',
    name: 'no id is given twice, also by several drivers at once',
    async run(world) {
      const workers = await world.workers(4)
      const replies = await Promise.all(
        workers.flatMap(({ driver }) =>
          [1, 2, 3].map(() => driver.dispatch({ jobs: numbered(10).map(newJob), caller: {} })),
        ),
      )
      const ids = replies.flatMap((reply) => (reply.stored ? reply.receipts : [])).map(({ id }) => id)
      assert.equal(ids.length, 120)
      assert.equal(new Set(ids).size, 120)
      assert.equal((await world.driver.find({ ids })).length, 120)
    },
  },
  {
    rule: 'dispatch/all-or-nothing',
    name: 'a held key that rejects stores none of the call and names its holder',
    async run(world) {
      const holder = await world.dispatchOne({ unique: { key: 'k', onConflict: 'reject' } })
      const jobs = [newJob(), newJob({ unique: { key: 'k', onConflict: 'reject' } }), newJob()]
      const reply = await world.driver.dispatch({ jobs, caller: {} })
      assert.deepEqual(reply, { stored: false, conflict: { index: 1, holder } })
      await assertStored(world, 1)
    },
  },
  {
    rule: 'dispatch/all-or-nothing',
    name: 'a job that the database refuses takes the whole call with it',
    needs: 'unstorable',
    async run(world) {
      const jobs = [newJob(), newJob(world.under.unstorable), newJob({ unique: { key: 'k', onConflict: 'reject' } })]
      await assert.rejects(world.driver.dispatch({ jobs, caller: {} }))
      await assertStored(world, 0)
      await world.dispatchOne({ unique: { key: 'k', onConflict: 'reject' } })
    },
  },
  {
    rule: 'dispatch/one-bad-does-not-fail-others',
    name: 'a rejected call among others under way',
    async run(world) {
      await world.dispatchOne({ unique: { key: 'k', onConflict: 'reject' } })
      const bad = newJob({ unique: { key: 'k', onConflict: 'reject' } })
      const replies = await Promise.all(
        numbered(12).map((job, index) =>
          world.driver.dispatch({ jobs: [index === 5 ? bad : newJob(job)], caller: {} }),
        ),
      )
      assert.deepEqual(
        replies.map(({ stored }) => stored),
        replies.map((_, index) => index !== 5),
      )
      await assertStored(world, 12)
    },
  },
  {
    rule: 'dispatch/one-bad-does-not-fail-others',
    name: 'a call that the database refuses among others under way',
    needs: 'unstorable',
    async run(world) {
      const bad = newJob(world.under.unstorable)
      const outcomes = await Promise.allSettled(
        numbered(12).map((job, index) =>
          world.driver.dispatch({ jobs: [index === 5 ? bad : newJob(job)], caller: {} }),
        ),
      )
      assert.deepEqual(
        outcomes.map(({ status }) => status),
        outcomes.map((_, index) => (index === 5 ? 'rejected' : 'fulfilled')),
      )
      await assertStored(world, 11)
    },
  },
  {
    rule: 'dispatch/delay-counts-on-the-database-clock',
    name: 'not due a millisecond before the delay is over, due when it is',
    async run(world) {
      const id = await world.dispatchOne({ delayMs: 10_000 })
      world.advance(9_999)
      assert.deepEqual(await world.worker.claimAll(), [])
      world.advance(1)
      assertFields(await world.worker.claimOne(), { waitMs: 0 })
      assertFields(await world.find(id), { state: 'running' })
    },
  },
  {
    rule: 'dispatch/available-at-in-the-past-is-now',
    name: 'due at once, behind what was due before it was dispatched',
    async run(world) {
      const [first] = await world.dispatch({})
      world.advance(10)
      const late = await world.dispatchOne({ availableAt: world.now() - 86_400_000 })
      assertFields(await world.find(late), { availableAt: world.now() })
      const claimed = await world.worker.claimAll()
      assert.deepEqual(
        claimed.map(({ claim, waitMs }) => [claim.jobId, waitMs]),
        [
          [first, 10],
          [late, 0],
        ],
      )
    },
  },
  {
    rule: 'dispatch/available-at-in-the-past-is-now',
    name: 'an instant that is to come is waited for',
    async run(world) {
      await world.dispatchOne({ availableAt: world.now() + 5_000 })
      world.advance(4_999)
      assert.deepEqual(await world.worker.claimAll(), [])
      world.advance(1)
      await world.worker.claimOne()
    },
  },
]

function numbered(count: number): { payload: string }[] {
  return Array.from({ length: count }, (_, index) => ({ payload: `{"n":${index}}` }))
}

async function assertStored(world: World, count: number): Promise<void> {
  const { jobs } = await world.driver.list({ filter: {}, limit: 1000 })
  assert.equal(jobs.length, count, 'jobs stored')
}

/** Ids of no job: one that was removed, and what people type. */
export async function unknownIds(world: World): Promise<readonly string[]> {
  const id = await world.dispatchOne({ queue: 'removed' })
  await world.driver.cancel({ ids: [id] })
  await world.driver.remove({ ids: [id] })
  return [id, 'no-such-job', '-1', '99999999999999999999']
}

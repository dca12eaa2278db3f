import assert from 'node:assert/strict'
import type { JobCount, JobFilter, ListReply, StoredJob } from '@goplate/queue-core'
import { assertFields } from './assert-fields.ts'
import type { ConformanceCase } from './conformance-case.ts'
import type { World } from './world.ts'

export const readCases: readonly ConformanceCase[] = [
  {
    rule: 'find/history-tells-every-epoch',
    name: 'oldest first, each with its attempt, words and times; absent unless asked for',
    async run(world) {
      const id = await world.dispatchOne({ maxAttempts: 9 })
      const words = { reason: 'later', error: '{"n":1}', delayMs: 0, waitMs: 3, durationMs: 4 }
      await world.worker.settle(await world.worker.claimOne(), 'retried', words)
      world.advance(10)
      await world.worker.settle(await world.worker.claimOne(), 'snoozed', { delayMs: 0, reason: 'not yet' })
      await world.worker.settle(await world.worker.claimOne(), 'released')
      await world.crash()
      await world.driver.cancel({ ids: [id], reason: 'enough' })
      await world.driver.retry({ ids: [id], from: ['cancelled'] })
      await world.worker.settle(await world.worker.claimOne(), 'finished', { result: '"done"' })

      assertFields(await world.find(id), { history: undefined, state: 'finished' })
      const { history = [] } = await world.find(id, { history: true })
      assert.deepEqual(
        history.map(({ outcome, attempt }) => [outcome, attempt]),
        [
          ['retried', 1],
          ['snoozed', 2],
          ['released', 2],
          ['crashed', 2],
          ['cancelled', 1],
          ['finished', 1],
        ],
      )
      const epochs = history.map(({ epoch }) => epoch)
      assert.deepEqual(
        epochs,
        [...new Set(epochs)].sort((a, b) => a - b),
      )
      assertFields(history[0]!, { error: '{"n":1}', waitMs: 3, durationMs: 4 })
      assertFields(history[1]!, { reason: 'not yet', endedAt: history[0]!.endedAt + 10, error: undefined })
      assertFields(history[4]!, { reason: 'enough', durationMs: undefined })
      assertFields(history[5]!, { result: '"done"', endedAt: world.now() })
    },
  },
  {
    rule: 'find/history-tells-every-epoch',
    name: 'a job that has not been decided has an empty one',
    async run(world) {
      const waiting = await world.find(await world.dispatchOne({ queue: 'other' }), { history: true })
      assert.deepEqual(waiting.history, [])
      const job = await world.running()
      assert.deepEqual((await world.find(job.claim.jobId, { history: true })).history, [])
    },
  },
  {
    rule: 'list/newest-first-without-gaps',
    name: 'every job once, whatever is dispatched or settled between the pages',
    async run(world) {
      const ids = await world.dispatch(...Array.from({ length: 25 }, () => ({})))
      const seen: StoredJob[] = []
      let page = await world.driver.list({ filter: {}, limit: 10 })
      for (;;) {
        assert(page.jobs.length <= 10, 'a page is no longer than its limit')
        seen.push(...page.jobs)
        if (page.next === undefined) break
        await world.dispatchOne()
        await world.worker.settle(await world.worker.claimOne({ limit: 1 }), 'finished')
        page = await world.driver.list({ filter: {}, limit: 10, after: page.next })
      }
      assert.deepEqual(
        seen.map(({ id }) => id),
        [...ids].reverse(),
      )
    },
  },
  {
    rule: 'list/newest-first-without-gaps',
    name: 'with a filter that few jobs pass',
    async run(world) {
      const ids = await world.dispatch(
        ...Array.from({ length: 30 }, (_, n) => ({ queue: n % 10 === 0 ? 'rare' : 'usual' })),
      )
      const found = await everyPage(world, { queues: ['rare'] }, 2)
      assert.deepEqual(
        found.map(({ id }) => id),
        [ids[20], ids[10], ids[0]],
      )
    },
  },
  {
    rule: 'list/filters',
    name: 'queues, types and states, alone and together',
    async run(world) {
      const named = await variety(world)
      const check = async (filter: JobFilter, expected: string[]): Promise<void> => {
        const found = (await everyPage(world, filter, 100)).map(({ id }) => named.get(id))
        assert.deepEqual(new Set(found), new Set(expected), JSON.stringify(filter))
      }
      await check({}, ['finished', 'failed', 'cancelled', 'running', 'retrying', 'due', 'delayed', 'beta', 'elsewhere'])
      await check({ states: ['pending'] }, ['retrying', 'due', 'delayed', 'beta', 'elsewhere'])
      await check({ states: ['running'] }, ['running'])
      await check({ states: ['failed', 'cancelled'] }, ['failed', 'cancelled'])
      await check({ states: ['finished'] }, ['finished'])
      await check({ states: ['blocked'] }, [])
      await check({ queues: ['elsewhere'] }, ['elsewhere'])
      await check({ types: ['beta'] }, ['beta', 'elsewhere'])
      await check({ types: ['beta'], queues: ['default'] }, ['beta'])
      await check({ types: ['beta'], queues: ['elsewhere'], states: ['pending', 'running'] }, ['elsewhere'])
      await check({ types: ['beta'], states: ['finished'] }, [])
    },
  },
  {
    rule: 'count/by-queue-and-state',
    name: 'counts agree with list, for every filter; due jobs and the age of the oldest are told',
    async run(world) {
      await variety(world)
      world.advance(2_500)
      const filters: JobFilter[] = [{}, { types: ['beta'] }, { queues: ['default'] }, { states: ['pending', 'failed'] }]
      for (const filter of filters) {
        const counts = await world.driver.count({ filter })
        assert.deepEqual(
          counts
            .filter(({ count }) => count > 0)
            .map(({ queue, state, count }) => `${queue} ${state} ${count}`)
            .sort(),
          tally(await everyPage(world, filter, 100)),
        )
      }
      const pending = dueOf(await world.driver.count({ filter: {} }), 'default')
      assert.deepEqual(pending, { count: 2, oldestMs: 2_500 })
    },
  },
  {
    rule: 'count/by-queue-and-state',
    name: 'delayed jobs are pending but not due',
    async run(world) {
      await world.dispatch({ delayMs: 1_000 }, { delayMs: 3_000 })
      assert.equal(dueOf(await world.driver.count({ filter: {} }), 'default')?.count ?? 0, 0)
      world.advance(1_200)
      assert.deepEqual(dueOf(await world.driver.count({ filter: {} }), 'default'), { count: 1, oldestMs: 200 })
    },
  },
]

function dueOf(counts: readonly JobCount[], name: string): JobCount['due'] {
  return counts.find(({ queue, state }) => queue === name && state === 'pending')?.due
}

async function everyPage(world: World, filter: JobFilter, limit: number): Promise<StoredJob[]> {
  const found: StoredJob[] = []
  let page: ListReply | undefined
  do {
    const after = page?.next === undefined ? {} : { after: page.next }
    page = await world.driver.list({ filter, limit, ...after })
    found.push(...page.jobs)
  } while (page.next !== undefined)
  return found
}

/** One job of every kind, by what it is. */
async function variety(world: World): Promise<ReadonlyMap<string, string>> {
  const named = new Map<string, string>()
  for (const outcome of ['finished', 'failed', 'cancelled', 'retried'] as const) {
    const job = await world.running()
    await world.worker.settle(job, outcome, { reason: 'permanent', delayMs: 10_000 })
    named.set(job.claim.jobId, outcome === 'retried' ? 'retrying' : outcome)
  }
  named.set((await world.running()).claim.jobId, 'running')
  named.set(await world.dispatchOne(), 'due')
  named.set(await world.dispatchOne({ delayMs: 10_000 }), 'delayed')
  named.set(await world.dispatchOne({ type: 'beta' }), 'beta')
  named.set(await world.dispatchOne({ type: 'beta', queue: 'elsewhere' }), 'elsewhere')
  return named
}

function tally(jobs: readonly StoredJob[]): string[] {
  const counts = new Map<string, number>()
  for (const { queue, state } of jobs) counts.set(`${queue} ${state}`, (counts.get(`${queue} ${state}`) ?? 0) + 1)
  return [...counts].map(([group, count]) => `${group} ${count}`).sort()
}

import assert from 'node:assert/strict'
import { setTimeout } from 'node:timers/promises'
import type { StorageDriver } from '@goplate/queue-core'
import type { ConformanceCase } from './conformance-case.ts'
import { assertRolledBack, created, inTransaction } from './transaction.ts'
import { newJob, type World } from './world.ts'

/**
 * Silence is shown without waiting for it: a second dispatch, of the queue `marker`, is told later than the first would
 * have been.
 */
export const wakeUpCases: readonly ConformanceCase[] = [
  {
    rule: 'wakeups/after-commit',
    name: 'told of a due job, which is there by then; not told of a delayed one',
    needs: 'wakeups',
    async run(world) {
      const calls = listen(world)
      await world.dispatch({ queue: 'delayed', delayMs: 60_000 })
      await world.dispatch({ queue: 'marker' })
      await calls.of('marker')
      await world.worker.claimOne({ queue: 'marker' })
      assert(!calls.queues.has('delayed'))
      calls.end()
    },
  },
  {
    rule: 'wakeups/after-commit',
    name: 'every listener is told, until it ends its subscription',
    needs: 'wakeups',
    async run(world) {
      const [ended, first, second] = [listen(world), listen(world), listen(world)]
      ended.end()
      ended.end()
      await world.dispatchOne({ queue: 'marker' })
      await Promise.all([first.of('marker'), second.of('marker')])
      assert.equal(ended.queues.size, 0)
      first.end()
      second.end()
    },
  },
  {
    rule: 'wakeups/after-commit',
    name: 'not before the commit of a transaction, but after it',
    needs: ['wakeups', 'transactions'],
    async run(world) {
      const calls = listen(world)
      await inTransaction(world, async (transaction) => {
        await created(world, transaction, { queue: 'committed' })
        await transaction.savepoint((inner) => created(world, inner, { queue: 'committed' }))
        assert(!calls.queues.has('committed'), 'told before the commit')
      })
      await calls.of('committed')
      assert.equal((await world.worker.claimAll({ queue: 'committed' })).length, 2)
      calls.end()
    },
  },
  {
    rule: 'wakeups/after-commit',
    name: 'never after a rollback, of the transaction or of a savepoint',
    needs: ['wakeups', 'transactions'],
    async run(world) {
      const calls = listen(world)
      await assertRolledBack(world, (transaction) => created(world, transaction, { queue: 'gone' }))
      await inTransaction(world, async (transaction) => {
        const savepoint = transaction.savepoint(async (inner) => {
          await created(world, inner, { queue: 'gone' })
          throw new Error('roll back to the savepoint')
        })
        await assert.rejects(savepoint)
        await created(world, transaction, { queue: 'marker' })
      })
      await calls.of('marker')
      assert(!calls.queues.has('gone'))
      calls.end()
    },
  },
  {
    rule: 'wakeups/from-other-processes',
    name: 'told of what another driver dispatched',
    needs: ['wakeups', 'fromOtherProcesses'],
    async run(world) {
      const calls = listen(world)
      await dispatchUntilTold(world, await world.independent(), calls)
      calls.end()
    },
  },
]

/** A wake-up may be missed, also because the listener is not connected yet: then the next dispatch is told. */
async function dispatchUntilTold({ under }: World, other: StorageDriver, calls: Calls): Promise<void> {
  const told = calls.of('marker').then(() => true)
  const deadline = performance.now() + (under.patienceMs ?? 20_000)
  while (performance.now() < deadline) {
    await other.dispatch({ jobs: [newJob({ queue: 'marker' })], caller: {} })
    if (await Promise.race([told, setTimeout(100, false)])) return
  }
  assert.fail('it was not told of the dispatches of another driver')
}

interface Calls {
  /** Every queue that was told so far. */
  readonly queues: ReadonlySet<string>
  /** Resolves when the queue was told. */
  of(queue: string): Promise<void>
  end(): void
}

function listen(world: World): Calls {
  const queues = new Set<string>()
  const waiting = new Map<string, () => void>()
  const end = world.driver.wakeups!.subscribe((told) => {
    for (const queue of told) {
      queues.add(queue)
      waiting.get(queue)?.()
    }
  })
  const of = (queue: string): Promise<void> =>
    queues.has(queue) ? Promise.resolve() : new Promise((resolve) => waiting.set(queue, resolve))
  return { queues, of, end }
}

import assert from 'node:assert/strict'
import { setTimeout } from 'node:timers/promises'
import type { StorageDriver } from '@goplate/queue-core'
import type { ConformanceCase } from './conformance-case.ts'
import type { World } from './world.ts'

/**
 * The hint that running jobs were asked to stop: whoever holds one extends its leases at once and learns which. It may
 * be given for nothing, so nothing is said of silence, but after the end of a subscription.
 */
export const cancelRequestCases: readonly ConformanceCase[] = [
  {
    rule: 'wakeups/cancel-requested',
    name: 'every listener, when the mark is there, until it ends its subscription',
    needs: ['wakeups', 'cancelRequests'],
    async run(world) {
      const job = await world.running()
      const { jobId } = job.claim
      const [ended, first, second] = [listen(world), listen(world), listen(world)]
      ended.end()
      ended.end()
      const before = ended.told()
      await cancelUntilTold(world, world.driver, { jobId, hint: Promise.all([first.hint, second.hint]) })
      const { held } = await world.worker.extend(job)
      assert.deepEqual(held[0]?.cancelled, [jobId])
      assert.equal(ended.told(), before, 'told after the subscription had ended')
      first.end()
      second.end()
    },
  },
  {
    rule: 'wakeups/cancel-requested',
    name: 'not before: the extension that it causes finds the mark',
    needs: ['wakeups', 'cancelRequests'],
    async run(world) {
      const job = await world.running()
      const extensions: Promise<readonly string[]>[] = []
      const end = world.driver.wakeups!.onCancelRequested!(() => {
        extensions.push(world.worker.extend(job).then(({ held }) => held[0]?.cancelled ?? []))
      })
      await world.driver.cancel({ ids: [job.claim.jobId] })
      const found = await Promise.all(extensions)
      end()
      // One that comes later than the reply is another case's.
      if (found.length > 0) assert.deepEqual(found.at(-1), [job.claim.jobId], 'the last hint came before the mark')
    },
  },
  {
    rule: 'wakeups/cancel-requested',
    name: 'also when another driver was asked',
    needs: ['wakeups', 'cancelRequests', 'fromOtherProcesses'],
    async run(world) {
      const { claim } = await world.running()
      const { hint, end } = listen(world)
      await cancelUntilTold(world, await world.independent(), { jobId: claim.jobId, hint })
      end()
    },
  },
]

interface Wait {
  readonly jobId: string
  readonly hint: Promise<unknown>
}

/** A hint may be missed, also because the listener is not connected yet: then the next one is told. */
async function cancelUntilTold({ under }: World, driver: StorageDriver, { jobId, hint }: Wait): Promise<void> {
  const told = hint.then(() => true)
  const deadline = performance.now() + (under.patienceMs ?? 20_000)
  while (performance.now() < deadline) {
    await driver.cancel({ ids: [jobId] })
    if (await Promise.race([told, setTimeout(100, false)])) return
  }
  assert.fail('it was not told that a running job was asked to stop')
}

function listen({ driver }: World) {
  let calls = 0
  let end!: () => void
  const hint = new Promise<void>((resolve) => {
    end = driver.wakeups!.onCancelRequested!(() => {
      calls += 1
      resolve()
    })
  })
  return { hint, end, told: () => calls }
}

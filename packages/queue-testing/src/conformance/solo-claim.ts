import assert from 'node:assert/strict'
import { assertFields } from './assert-fields.ts'
import { idsOf } from './claim.ts'
import type { ConformanceCase } from './conformance-case.ts'

export const soloClaimCases: readonly ConformanceCase[] = [
  {
    rule: 'claim/crashed-runs-alone',
    name: 'plain claims pass it over and tell that it waits; solo claims take one at a time and nothing else',
    async run(world) {
      const crashed = await world.dispatch({}, {})
      await world.worker.claimAll()
      await world.reapAll()
      const plain = await world.dispatchOne({ priority: -1 })
      assertFields(await world.find(crashed[0]!), { state: 'pending', crashes: 1, solo: true })

      const ordinary = await world.worker.claim()
      assert.deepEqual(idsOf(ordinary.jobs), [plain])
      assert.equal(ordinary.soloWaiting, true)
      await world.dispatchOne()
      const first = await world.worker.claim({ solo: true })
      const second = await world.worker.claim({ solo: true })
      assert.deepEqual([first.soloWaiting, second.soloWaiting], [true, false])
      assert.deepEqual([first.jobs.length, second.jobs.length], [1, 1])
      assert.deepEqual(new Set(idsOf([...first.jobs, ...second.jobs])), new Set(crashed))
      assert.deepEqual(await world.worker.claimAll({ solo: true }), [])
    },
  },
  {
    rule: 'claim/crashed-runs-alone',
    name: 'only one of all queues in a solo claim, none at limit 0',
    async run(world) {
      await world.dispatch({ queue: 'a' }, { queue: 'b' })
      const queues = ['a', 'b'].map((queue) => ({ queue, limit: 5 }))
      await world.worker.claimAll({ queues })
      await world.reapAll()
      const none = await world.worker.claim({ solo: true, queues: queues.map((each) => ({ ...each, limit: 0 })) })
      assert.deepEqual([none.jobs.length, none.soloWaiting], [0, true])
      assert.equal((await world.worker.claimAll({ solo: true, queues })).length, 1)
    },
  },
  {
    rule: 'claim/crashed-runs-alone',
    name: 'it waits for nobody in other queues, of other types, or while it is not due',
    async run(world) {
      await world.dispatchOne()
      await world.crash()
      assert.equal((await world.worker.claim({ queue: 'other' })).soloWaiting, false)
      assert.equal((await world.worker.claim({ types: ['gamma'] })).soloWaiting, false)
      assert.deepEqual(await world.worker.claimAll({ solo: true, types: ['gamma'] }), [])
      const again = await world.worker.claimOne({ solo: true })
      await world.worker.settle(again, 'retried', { delayMs: 500 })
      assert.equal((await world.worker.claim()).soloWaiting, false)
      world.advance(500)
      assert.equal((await world.worker.claim()).soloWaiting, true)
    },
  },
  {
    rule: 'claim/crashed-runs-alone',
    name: 'a retry, snooze or release after a crash still runs alone; a manual retry does not',
    async run(world) {
      const id = await world.dispatchOne({ maxAttempts: 9 })
      await world.crash()
      for (const outcome of ['retried', 'snoozed', 'released'] as const) {
        assert.deepEqual(await world.worker.claimAll(), [])
        await world.worker.settle(await world.worker.claimOne({ solo: true }), outcome, { delayMs: 0 })
      }
      await world.driver.cancel({ ids: [id] })
      await world.driver.retry({ ids: [id], from: ['cancelled'] })
      assertFields(await world.worker.claimOne(), { crashes: 0, attempt: 1 })
    },
  },
]

import assert from 'node:assert/strict'
import { assertFields } from './assert-fields.ts'
import type { ConformanceCase } from './conformance-case.ts'

export const pauseCases: readonly ConformanceCase[] = [
  {
    rule: 'pause/stops-claims',
    name: 'of the queue, and of no other',
    needs: 'pausing',
    async run(world) {
      await world.dispatch({}, { queue: 'other' })
      await world.driver.pausing!.pause({ kind: 'queue', name: 'default', reason: 'deploy' })
      const queues = ['default', 'other'].map((queue) => ({ queue, limit: 10 }))
      const claimed = await world.worker.claimAll({ queues })
      assert.deepEqual(claimed.map(({ queue }) => queue), ['other']) // prettier-ignore
      const [pause, ...more] = await world.driver.pausing!.paused({})
      assertFields(pause!, { kind: 'queue', name: 'default', reason: 'deploy', since: world.now(), until: undefined })
      assert.deepEqual(more, [])
    },
  },
  {
    rule: 'pause/stops-claims',
    name: 'of the type, without using up a limit; a crashed job of it waits too',
    needs: 'pausing',
    async run(world) {
      await world.dispatch({ type: 'alpha' }, { type: 'alpha' }, { type: 'beta' })
      await world.driver.pausing!.pause({ kind: 'type', name: 'alpha' })
      const claimed = await world.worker.claimAll({ limit: 1 })
      assert.deepEqual(claimed.map(({ type }) => type), ['beta']) // prettier-ignore
      await world.driver.pausing!.pause({ kind: 'type', name: 'beta' })
      await world.reapAll()
      assert.deepEqual(await world.worker.claimAll({ solo: true }), [])
    },
  },
  {
    rule: 'pause/running-goes-on',
    name: 'extended and settled as always',
    needs: 'pausing',
    async run(world) {
      const job = await world.running()
      await world.driver.pausing!.pause({ kind: 'queue', name: 'default' })
      await world.driver.pausing!.pause({ kind: 'type', name: 'alpha' })
      assert.equal((await world.worker.extend(job)).held.length, 1)
      assert.equal(await world.worker.settle(job, 'finished'), 'applied')
    },
  },
  {
    rule: 'pause/ends',
    name: 'by itself after its time, not before',
    needs: 'pausing',
    async run(world) {
      await world.dispatchOne()
      await world.driver.pausing!.pause({ kind: 'queue', name: 'default', forMs: 1_000 })
      assertFields((await world.driver.pausing!.paused({}))[0]!, { until: world.now() + 1_000 })
      world.advance(999)
      assert.deepEqual(await world.worker.claimAll(), [])
      world.advance(1)
      assert.deepEqual(await world.driver.pausing!.paused({}), [])
      await world.worker.claimOne()
    },
  },
  {
    rule: 'pause/ends',
    name: 'by resume, which tells whether there was one',
    needs: 'pausing',
    async run(world) {
      await world.dispatchOne()
      const pausing = world.driver.pausing!
      await pausing.pause({ kind: 'queue', name: 'default' })
      assert.equal(await pausing.resume({ kind: 'type', name: 'default' }), false)
      assert.deepEqual(await world.worker.claimAll(), [])
      assert.equal(await pausing.resume({ kind: 'queue', name: 'default' }), true)
      assert.equal(await pausing.resume({ kind: 'queue', name: 'default' }), false)
      await world.worker.claimOne()
    },
  },
  {
    rule: 'pause/again-replaces',
    name: 'the reason and the end',
    needs: 'pausing',
    async run(world) {
      const pausing = world.driver.pausing!
      await pausing.pause({ kind: 'queue', name: 'default', reason: 'first', forMs: 1_000 })
      await pausing.pause({ kind: 'queue', name: 'default', reason: 'second' })
      world.advance(5_000)
      const paused = await pausing.paused({})
      assert.equal(paused.length, 1)
      assertFields(paused[0]!, { reason: 'second', until: undefined })
    },
  },
  {
    rule: 'pause/again-replaces',
    name: 'the beginning stays while it is in force; a pause after one that ended begins anew',
    needs: 'pausing',
    async run(world) {
      const pausing = world.driver.pausing!
      const since = world.now()
      await pausing.pause({ kind: 'type', name: 'alpha', forMs: 1_000 })
      world.advance(500)
      await pausing.pause({ kind: 'type', name: 'alpha', forMs: 1_000 })
      assertFields((await pausing.paused({}))[0]!, { since, until: since + 1_500 })
      world.advance(1_000)
      await pausing.pause({ kind: 'type', name: 'alpha' })
      assertFields((await pausing.paused({}))[0]!, { since: since + 1_500, until: undefined })
    },
  },
]

import assert from 'node:assert/strict'
import { assertFields } from './assert-fields.ts'
import type { ConformanceCase } from './conformance-case.ts'

export const expireCases: readonly ConformanceCase[] = [
  {
    rule: 'expire/ends-what-waits',
    name: 'due, delayed and crashed jobs fail as expired, and never run',
    needs: 'expiry',
    async run(world) {
      const expiresAt = world.now() + 60_000
      const crashed = await world.dispatchOne({ expiresAt })
      await world.crash()
      const ids = [crashed, ...(await world.dispatch({ expiresAt }, { expiresAt, delayMs: 3_600_000 }))]
      world.advance(60_001)
      const expired = await world.driver.expiry!.expire({ limit: 100 })
      assert.deepEqual(expired.map(({ jobId }) => jobId).sort(), [...ids].sort())
      assertFields(expired[0]!, { type: 'alpha', queue: 'default' })
      assert.deepEqual(expired.map(({ attempt, maxAttempts }) => [attempt, maxAttempts]), ids.map(() => [0, 3])) // prettier-ignore
      for (const id of ids) assertFields(await world.find(id), { state: 'failed', reason: 'expired' })
      assert.deepEqual(await world.driver.expiry!.expire({ limit: 100 }), [])
      world.advance(86_400_000)
      assert.deepEqual([...(await world.worker.claimAll()), ...(await world.worker.claimAll({ solo: true }))], [])
    },
  },
  {
    rule: 'expire/never-early',
    name: 'nor jobs that do not expire',
    needs: 'expiry',
    async run(world) {
      await world.dispatch({ expiresAt: world.now() + 1_000 }, {})
      world.advance(999)
      assert.deepEqual(await world.driver.expiry!.expire({ limit: 100 }), [])
      assert.equal((await world.worker.claimAll()).length, 2)
    },
  },
  {
    rule: 'expire/leaves-what-runs',
    name: 'a running job ends as its handler says; back in line it expires',
    needs: 'expiry',
    async run(world) {
      const expiresAt = world.now() + 1_000
      await world.dispatch({ expiresAt }, { expiresAt })
      const [first, second] = await world.worker.claimAll()
      world.advance(2_000)
      assert.deepEqual(await world.driver.expiry!.expire({ limit: 100 }), [])
      assert.equal(await world.worker.settle(first!, 'finished'), 'applied')
      await world.worker.settle(second!, 'retried', { delayMs: 60_000 })
      const expired = await world.driver.expiry!.expire({ limit: 100 })
      assert.deepEqual(expired.map(({ jobId, attempt }) => [jobId, attempt]), [[second!.claim.jobId, 1]]) // prettier-ignore
    },
  },
  {
    rule: 'expire/frees-the-key',
    name: 'a new job may hold it at once',
    needs: 'expiry',
    async run(world) {
      const unique = { key: 'alpha 1', onConflict: 'return' } as const
      await world.dispatch({ expiresAt: world.now() + 1, unique })
      world.advance(10)
      await world.driver.expiry!.expire({ limit: 100 })
      await world.dispatch({ unique })
    },
  },
  {
    rule: 'expire/keeps-its-limit',
    name: 'step by step, each job once',
    needs: 'expiry',
    async run(world) {
      const ids = await world.dispatch(...Array.from({ length: 5 }, () => ({ expiresAt: world.now() + 1 })))
      world.advance(10)
      const steps = []
      for (let step = 1; step <= 4; step++) steps.push(await world.driver.expiry!.expire({ limit: 2 }))
      assert.deepEqual(steps.map(({ length }) => length), [2, 2, 1, 0]) // prettier-ignore
      assert.equal(new Set(steps.flat().map(({ jobId }) => jobId)).size, ids.length)
    },
  },
]

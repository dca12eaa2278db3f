import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { assertFields } from './assert-fields.ts'
import type { ConformanceCase } from './conformance-case.ts'
import { settlementOf } from './acting-worker.ts'

/**
 * A server that commits claims asynchronously can crash and forget one: the worker runs a job that the database hands
 * out again, with the same epoch. Nothing but the lease id tells the two claims apart.
 */
export const forgottenClaimCases: readonly ConformanceCase[] = [
  {
    rule: 'claim/forgotten-claim-is-fenced',
    name: 'the database forgets a claim and makes it again; the first worker cannot decide the job',
    needs: 'forget',
    async run(world) {
      const id = await world.dispatchOne()
      const [first, second] = [world.named('first'), world.named('second')]
      const forgotten = await world.under.forget!(() => first.claimOne())
      assertFields(await world.find(id), { state: 'pending', epoch: 0 })
      const present = await second.claimOne()
      assert.deepEqual([present.claim.jobId, present.claim.epoch], [id, forgotten.claim.epoch])

      assert.deepEqual(await first.extend(forgotten), { held: [] })
      assert.equal(await first.settle(forgotten, 'failed', { reason: 'permanent' }), 'lost')
      assertFields(await world.find(id), { state: 'running', epoch: present.claim.epoch })
      assert.equal(await second.settle(present, 'finished', { result: '"second"' }), 'applied')
      assert.equal(await first.settle(forgotten, 'finished', { result: '"first"' }), 'lost')
      assertFields(await world.find(id), { state: 'finished', result: '"second"' })
    },
  },
  {
    rule: 'claim/forgotten-claim-is-fenced',
    name: 'the same shown with a lease that the database never saw: all that a forgotten claim is',
    async run(world) {
      const id = await world.dispatchOne()
      const [first, second] = [world.named('first'), world.named('second')]
      const leaseId = randomUUID()
      const present = await second.claimOne({ leaseId })
      assert.equal(present.claim.leaseId, leaseId, 'a claim goes by the lease id that the worker made')
      const forgotten = { ...present, claim: { ...present.claim, leaseId: randomUUID() } }

      assert.deepEqual(await first.extend(forgotten), { held: [] })
      for (const outcome of ['finished', 'failed', 'cancelled', 'retried', 'snoozed', 'released'] as const) {
        assert.equal(await first.settle(forgotten, outcome, { delayMs: 0, reason: 'permanent' }), 'lost')
      }
      assertFields(await world.find(id), { state: 'running', epoch: present.claim.epoch })
      const both = [settlementOf(forgotten, 'finished', { result: '"first"' }), settlementOf(present, 'finished')]
      assert.deepEqual(await second.settleAll(both), ['lost', 'applied'])
      assert.equal(await first.settle(forgotten, 'finished', { result: '"first"' }), 'lost')
      assertFields(await world.find(id), { state: 'finished', result: undefined })
    },
  },
]

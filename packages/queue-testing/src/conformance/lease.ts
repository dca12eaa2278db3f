import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { assertFields } from './assert-fields.ts'
import { leaseMs } from './acting-worker.ts'
import type { ConformanceCase } from './conformance-case.ts'
import type { World } from './world.ts'

export const leaseCases: readonly ConformanceCase[] = [
  {
    rule: 'extend/moves-the-end',
    name: 'counted from the extension, not from the claim',
    async run(world) {
      const job = await world.running()
      world.advance(20_000)
      assert.deepEqual(await world.worker.extend(job), { held: [{ leaseId: job.claim.leaseId, cancelled: [] }] })
      world.advance(leaseMs - 1)
      assert.deepEqual(await expiredLeases(world), [])
      world.advance(2)
      assert.deepEqual(await expiredLeases(world), [job.claim.leaseId])
    },
  },
  {
    rule: 'extend/moves-the-end',
    name: 'an expired lease that nobody took away stands again',
    async run(world) {
      const job = await world.running()
      world.advance(leaseMs + 1)
      assert.deepEqual(await expiredLeases(world), [job.claim.leaseId])
      assert.equal((await world.worker.extend(job)).held.length, 1)
      assert.deepEqual(await expiredLeases(world), [])
    },
  },
  {
    rule: 'extend/missing-is-lost',
    name: 'a lease that was taken away, or never was, is missing among those that stand',
    async run(world) {
      const id = await world.dispatchOne()
      const lost = await world.worker.claimOne()
      await world.reapAll()
      const held = await world.running()
      const leases = [lost.claim.leaseId, randomUUID(), held.claim.leaseId]
      const reply = await world.driver.extend({ leases, leaseMs })
      assert.deepEqual(reply, { held: [{ leaseId: held.claim.leaseId, cancelled: [] }] })
      assertFields(await world.find(id), { state: 'pending', crashes: 1 })
      assert.equal(await world.worker.settle(lost, 'finished'), 'lost')
    },
  },
  {
    rule: 'extend/missing-is-lost',
    name: 'the extension of a lost lease does not touch the claim that came after it',
    async run(world) {
      await world.dispatchOne()
      const [first, second] = [world.named('same-worker'), world.named('same-worker')]
      const lost = await first.claimOne()
      await world.reapAll()
      const present = await second.claimOne({ solo: true })
      world.advance(20_000)
      assert.deepEqual(await first.extend(lost), { held: [] })
      world.advance(leaseMs - 20_000 + 1)
      assert.deepEqual(await expiredLeases(world), [present.claim.leaseId])
    },
  },
  {
    rule: 'extend/exact-leases',
    name: 'a lease the worker does not name expires, although the worker extends others',
    async run(world) {
      await world.dispatch({}, {})
      const unknownToItsWorker = await world.worker.claimOne({ limit: 1 })
      const known = await world.worker.claimOne({ limit: 1 })
      world.advance(20_000)
      await world.worker.extend(known)
      world.advance(leaseMs - 20_000 + 1)
      assert.deepEqual(await expiredLeases(world), [unknownToItsWorker.claim.leaseId])
    },
  },
  {
    rule: 'extend/tells-cancelled',
    name: 'exactly the jobs whose cancel was asked, by lease, every time',
    async run(world) {
      await world.dispatch({}, {}, {})
      const two = await world.worker.claimAll({ limit: 2 })
      const one = await world.worker.claimOne()
      const before = await world.worker.extend(two[0]!, one)
      assert(before.held.every(({ cancelled }) => cancelled.length === 0))
      await world.driver.cancel({ ids: [two[1]!.claim.jobId] })
      for (let time = 1; time <= 2; time++) {
        const { held } = await world.worker.extend(two[0]!, one)
        const cancelledIn = new Map(held.map(({ leaseId, cancelled }) => [leaseId, cancelled]))
        assert.deepEqual(cancelledIn.get(two[0]!.claim.leaseId), [two[1]!.claim.jobId])
        assert.deepEqual(cancelledIn.get(one.claim.leaseId), [])
      }
    },
  },
]

export async function expiredLeases(world: World): Promise<readonly string[]> {
  const { expired } = await world.driver.reap({ confirmed: [] })
  return expired.map(({ leaseId }) => leaseId)
}

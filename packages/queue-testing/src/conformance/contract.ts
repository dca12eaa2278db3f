import assert from 'node:assert/strict'
import { noCapabilities, type DriverCapabilities, type JobCount } from '@goplate/queue-core'
import { assertFields } from './assert-fields.ts'
import type { ConformanceCase } from './conformance-case.ts'
import { leaseMs, settlementOf } from './acting-worker.ts'
import { newJob, World } from './world.ts'

/** What holds for the driver as a whole: time, capabilities, its schema. */
export const contractCases: readonly ConformanceCase[] = [
  {
    rule: 'time/now-decides',
    name: 'in every verb in which time matters',
    async run(world) {
      const { driver } = world.under
      const start = world.now()
      const jobs = [newJob({ delayMs: 1_000 })]
      const dispatched = await driver.dispatch({ jobs, caller: {}, now: start })
      assert(dispatched.stored)
      const id = dispatched.receipts[0]!.id
      assertFields(await world.find(id), { createdAt: start, availableAt: start + 1_000 })
      assert.deepEqual(dueCount(await driver.count({ filter: {}, now: start + 999 })), 0)
      assert.deepEqual(dueCount(await driver.count({ filter: {}, now: start + 1_000 })), 1)

      world.advance(1_000)
      const claimed = await world.worker.claimOne()
      assertFields(await world.find(id), { startedAt: start + 1_000 })
      await driver.extend({ leases: [claimed.claim.leaseId], leaseMs, now: start + 5_000 })
      assert.equal((await driver.reap({ confirmed: [], now: start + 5_000 + leaseMs - 1 })).expired.length, 0)
      assert.equal((await driver.reap({ confirmed: [], now: start + 5_000 + leaseMs + 1 })).expired.length, 1)
      const settlements = [settlementOf(claimed, 'failed', { reason: 'permanent' })]
      await driver.settle({ worker: world.worker.name, settlements, now: start + 6_000 })
      assertFields(await world.find(id), { endedAt: start + 6_000 })
      const prune = { retention: { failedMs: 1_000 }, limit: 10 }
      assert.equal((await driver.prune({ ...prune, now: start + 6_999 })).removed, 0)
      await driver.retry({ ids: [id], from: ['failed'], now: start + 7_000 })
      assertFields(await world.find(id), { availableAt: start + 7_000 })
      await driver.cancel({ ids: [id], now: start + 8_000 })
      assertFields(await world.find(id), { endedAt: start + 8_000 })
    },
  },
  {
    rule: 'time/now-decides',
    name: 'for that call only: without it the clock of the database goes on',
    async run(world) {
      const { driver } = world.under
      const before = await world.dispatchOne()
      const dispatched = await driver.dispatch({ jobs: [newJob()], caller: {} })
      assert(dispatched.stored)
      const [job] = await driver.find({ ids: [dispatched.receipts[0]!.id] })
      assert(Math.abs(job!.createdAt - world.now()) > 365 * 86_400_000, 'no real clock shows the time of this suite')
      assertFields(await world.find(before), { createdAt: world.now() })
    },
  },
  {
    rule: 'capabilities/match',
    name: 'a group is there exactly when its flag says so',
    async run(world) {
      const { driver } = world.under
      for (const capability of Object.keys(noCapabilities) as (keyof DriverCapabilities)[]) {
        const present = (driver as Partial<Record<keyof DriverCapabilities, unknown>>)[capability] !== undefined
        assert.equal(present, driver.capabilities[capability], capability)
      }
      assert.match(driver.name, /^[a-z][a-z0-9-]*$/)
    },
  },
  {
    rule: 'migrations/repeat-and-race',
    name: 'a migrated database is at the version wanted, and migrating again changes nothing',
    needs: 'migrations',
    async run(world) {
      const migrations = world.under.driver.migrations!
      const { current, wanted } = await migrations.check()
      assert.equal(current, wanted)
      const id = await world.dispatchOne()
      assert.deepEqual(await migrations.migrate(), { from: wanted, to: wanted })
      assertFields(await world.find(id), { state: 'pending' })
    },
  },
  {
    rule: 'migrations/repeat-and-race',
    name: 'several connections at once on a migrated database',
    needs: 'migrations',
    async run(world) {
      const { wanted } = await world.under.driver.migrations!.check()
      const moves = await migrateAtOnce(world)
      assert.deepEqual(
        moves,
        moves.map(() => ({ from: wanted, to: wanted })),
      )
      await world.dispatchOne()
    },
  },
  {
    rule: 'migrations/repeat-and-race',
    name: 'several connections at once on an empty database: one moves it, the others find it moved',
    needs: ['migrations', 'unmigrated'],
    async run({ under }) {
      const empty = await under.unmigrated!()
      const world = new World(empty)
      try {
        const { current, wanted } = await empty.driver.migrations!.check()
        assert(current < wanted, 'unmigrated gives a database without schema')
        const moves = await migrateAtOnce(world)
        assert(moves.every(({ to }) => to === wanted))
        assert.equal(moves.filter(({ from }) => from === current).length, 1)
        assert.deepEqual(await empty.driver.migrations!.check(), { current: wanted, wanted })
        await world.running()
      } finally {
        await world.close().finally(() => empty.dispose())
      }
    },
  },
]

async function migrateAtOnce(world: World): Promise<readonly { readonly from: number; readonly to: number }[]> {
  const workers = await world.workers(4)
  return Promise.all(workers.map(({ driver }) => driver.migrations!.migrate()))
}

function dueCount(counts: readonly JobCount[]): number {
  return counts.reduce((total, { due }) => total + (due?.count ?? 0), 0)
}

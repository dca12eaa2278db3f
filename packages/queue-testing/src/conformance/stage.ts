import assert from 'node:assert/strict'
import type { NewJobRecord } from '@goplate/queue-core'
import type { ConformanceCase } from './conformance-case.ts'
import type { CallerUnitOfWork } from './driver-harness.ts'
import { assertRolledBack, inTransaction } from './transaction.ts'
import { newJob, type World } from './world.ts'

export const stageCases: readonly ConformanceCase[] = [
  {
    rule: 'stage/stored-with-the-flush',
    name: 'all of them, once, in the order they were staged',
    needs: ['transactions', 'stage'],
    async run(world) {
      const unit = unitOfWork(world)
      await stage(world, unit, { payload: '1' }, { payload: '2' })
      await stage(world, unit, { payload: '3' })
      assert.deepEqual(await stored(world), [])
      await unit.flush()
      assert.deepEqual(await stored(world), ['1', '2', '3'])
      await unit.flush()
      assert.deepEqual(await stored(world), ['1', '2', '3'])
      const jobs = await world.worker.claimAll()
      assert.deepEqual(jobs.map(({ payload }) => payload), ['1', '2', '3']) // prettier-ignore
    },
  },
  {
    rule: 'stage/stored-with-the-flush',
    name: 'each unit of work has its own',
    needs: ['transactions', 'stage'],
    async run(world) {
      const [first, second] = [unitOfWork(world), unitOfWork(world)]
      await stage(world, first, { payload: '1' })
      await stage(world, second, { payload: '2' })
      await second.flush()
      assert.deepEqual(await stored(world), ['2'])
      await first.flush()
      assert.deepEqual(await stored(world), ['2', '1'])
    },
  },
  {
    rule: 'stage/stored-with-the-flush',
    name: 'inside a transaction they commit with it',
    needs: ['transactions', 'stage'],
    async run(world) {
      await inTransaction(world, async (transaction) => {
        const unit = supplied(transaction.unitOfWork)
        await stage(world, unit, {})
        await unit.flush()
      })
      await world.worker.claimOne()
    },
  },
  {
    rule: 'time/now-decides',
    name: 'for staged jobs too: the last one told before the flush',
    needs: ['transactions', 'stage'],
    async run(world) {
      const unit = unitOfWork(world)
      await stage(world, unit, {})
      world.advance(1_000)
      await stage(world, unit, { delayMs: 5_000 })
      await unit.flush()
      const { jobs } = await world.driver.list({ filter: {}, limit: 100 })
      assert.deepEqual(jobs.map(({ createdAt }) => createdAt), [world.now(), world.now()]) // prettier-ignore
      assert.deepEqual(jobs.map(({ availableAt }) => availableAt), [world.now() + 5_000, world.now()]) // prettier-ignore
    },
  },
  {
    rule: 'stage/gone-without-it',
    name: 'flushed in a transaction that is rolled back',
    needs: ['transactions', 'stage'],
    async run(world) {
      await assertRolledBack(world, async (transaction) => {
        const unit = supplied(transaction.unitOfWork)
        await stage(world, unit, { unique: { key: 'alpha 1', onConflict: 'reject' } })
        await unit.flush()
      })
      assert.deepEqual(await stored(world), [])
      await world.dispatchOne({ unique: { key: 'alpha 1', onConflict: 'reject' } })
    },
  },
  {
    rule: 'stage/gone-without-it',
    name: 'given up, while what is staged afterwards is stored',
    needs: ['transactions', 'stage'],
    async run(world) {
      const unit = unitOfWork(world)
      await stage(world, unit, { payload: '1' })
      unit.giveUp()
      await stage(world, unit, { payload: '2' })
      await unit.flush()
      assert.deepEqual(await stored(world), ['2'])
    },
  },
  {
    rule: 'stage/gone-without-it',
    name: 'a rejected key fails the flush with everything in it, and the next one has none of it',
    needs: ['transactions', 'stage'],
    async run(world) {
      const unique = { key: 'alpha 1', onConflict: 'reject' } as const
      await world.dispatchOne({ payload: '1', unique })
      const unit = unitOfWork(world)
      await stage(world, unit, { payload: '2' }, { payload: '3', unique })
      await assert.rejects(unit.flush(), 'the flush should have met the held key')
      assert.deepEqual(await stored(world), ['1'])
      await unit.flush()
      assert.deepEqual(await stored(world), ['1'])
    },
  },
]

function unitOfWork(world: World): CallerUnitOfWork<object> {
  return supplied(world.under.unitOfWork?.())
}

function supplied(unit: CallerUnitOfWork<object> | undefined): CallerUnitOfWork<object> {
  assert(unit !== undefined, 'the driver has transactions.stage: its harness must supply unitOfWork')
  return unit
}

async function stage(
  world: World,
  { caller }: CallerUnitOfWork<object>,
  ...jobs: readonly Partial<NewJobRecord>[]
): Promise<void> {
  await world.driver.transactions!.stage!({ jobs: jobs.map(newJob), caller })
}

/** The payloads of all jobs, in the order of dispatch. */
async function stored(world: World): Promise<readonly string[]> {
  const { jobs } = await world.driver.list({ filter: {}, limit: 100 })
  return jobs.map(({ payload }) => payload).reverse()
}

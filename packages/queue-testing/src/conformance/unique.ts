import assert from 'node:assert/strict'
import type { ClaimedJob, DispatchReceipt, JobId, NewJobRecord } from '@goplate/queue-core'
import type { ConformanceCase } from './conformance-case.ts'
import { newJob, type World } from './world.ts'

const unique = { key: 'alpha:42', onConflict: 'return' } as const

export const uniqueCases: readonly ConformanceCase[] = [
  {
    rule: 'dispatch/unique-key-has-one-holder',
    name: 'the second dispatch answers the holder; what it asked is not stored',
    async run(world) {
      const id = await world.dispatchOne({ unique, payload: '"first"' })
      assert.deepEqual(await tryDispatch(world, { payload: '"second"' }), { id, created: false })
      assert.equal((await world.find(id)).payload, '"first"')
      assert.equal((await world.driver.list({ filter: {}, limit: 10 })).jobs.length, 1)
    },
  },
  {
    rule: 'dispatch/unique-key-has-one-holder',
    name: 'among jobs of one call the first creates, the others answer it',
    async run(world) {
      const jobs = [newJob({ unique }), newJob(), newJob({ unique })]
      const reply = await world.driver.dispatch({ jobs, caller: {} })
      assert(reply.stored)
      assert.deepEqual(
        reply.receipts.map(({ created }) => created),
        [true, true, false],
      )
      assert.equal(reply.receipts[2]!.id, reply.receipts[0]!.id)
      await world.dispatchOne({ unique: { key: 'alpha:43', onConflict: 'return' } })
    },
  },
  {
    rule: 'dispatch/unique-key-has-one-holder',
    name: 'the key is held while the job runs, waits for a retry, sleeps, was released, crashed or was asked to cancel',
    async run(world) {
      const job = await world.running({ unique })
      const id = job.claim.jobId
      await assertHeld(world, id)
      await world.worker.settle(job, 'retried', { delayMs: 1_000 })
      await assertHeld(world, id)
      world.advance(1_000)
      await world.worker.settle(await world.worker.claimOne(), 'snoozed', { delayMs: 1_000 })
      await assertHeld(world, id)
      world.advance(1_000)
      await world.worker.settle(await world.worker.claimOne(), 'released')
      await assertHeld(world, id)
      await world.crash()
      await assertHeld(world, id)
      await world.worker.claimOne({ solo: true })
      await world.driver.cancel({ ids: [id] })
      await assertHeld(world, id)
    },
  },
  {
    rule: 'dispatch/unique-key-is-free-after-the-end',
    name: 'finished, failed and cancelled by their claim',
    async run(world) {
      for (const outcome of ['finished', 'failed', 'cancelled'] as const) {
        await world.worker.settle(await world.running({ unique }), outcome, { reason: 'permanent' })
      }
      await world.dispatchOne({ unique })
    },
  },
  {
    rule: 'dispatch/unique-key-is-free-after-the-end',
    name: 'cancelled while it waited, and while it ran',
    async run(world) {
      await world.driver.cancel({ ids: [await world.dispatchOne({ unique })] })
      const job: ClaimedJob = await world.running({ unique })
      await world.driver.cancel({ ids: [job.claim.jobId] })
      await world.worker.settle(job, 'retried', { delayMs: 1 })
      await world.dispatchOne({ unique })
    },
  },
  {
    rule: 'dispatch/unique-key-is-free-after-the-end',
    name: 'failed as crashed, and cancelled after the crash',
    async run(world) {
      await world.dispatchOne({ unique, maxCrashes: 0 })
      await world.crash()
      const asked = await world.running({ unique })
      await world.driver.cancel({ ids: [asked.claim.jobId] })
      await world.reapAll()
      const holder = await world.dispatchOne({ unique })
      await assertHeld(world, holder)
    },
  },
  {
    rule: 'dispatch/unique-key-is-free-after-the-end',
    name: 'removing an ended job does not take the key from its next holder',
    async run(world) {
      const job = await world.running({ unique })
      await world.worker.settle(job, 'finished')
      const holder = await world.dispatchOne({ unique })
      await world.driver.remove({ ids: [job.claim.jobId] })
      await assertHeld(world, holder)
    },
  },
]

async function assertHeld(world: World, holder: JobId): Promise<void> {
  assert.deepEqual(await tryDispatch(world), { id: holder, created: false })
}

async function tryDispatch(world: World, job: Partial<NewJobRecord> = {}): Promise<DispatchReceipt> {
  const reply = await world.driver.dispatch({ jobs: [newJob({ unique, ...job })], caller: {} })
  assert(reply.stored)
  return reply.receipts[0]!
}

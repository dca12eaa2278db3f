import assert from 'node:assert/strict'
import type { ClaimedJob, SettlementVerdict } from '@goplate/queue-core'
import { settlementOf } from './acting-worker.ts'
import { assertFields } from './assert-fields.ts'
import type { ConformanceCase } from './conformance-case.ts'
import { newJob, type World } from './world.ts'

/** What a handler writes together with its job's end is, here, another job. */
export const completeCases: readonly ConformanceCase[] = [
  {
    rule: 'complete/commits-together',
    name: 'the settlement and what the work wrote are there, once',
    needs: 'transactions',
    async run(world) {
      const job = await world.running()
      assert.equal(await complete(world, job), 'applied')
      assertFields(await world.find(job.claim.jobId), { state: 'finished', result: '{"done":true}', attempt: 1 })
      assert.equal(await children(world), 1)
      assert.equal(await world.worker.settle(job, 'retried', { delayMs: 0 }), 'repeated')
      assertFields(await world.find(job.claim.jobId), { state: 'finished' })
    },
  },
  {
    rule: 'complete/commits-together',
    name: 'neighbours in the lease go on, and are completed on their own',
    needs: 'transactions',
    async run(world) {
      await world.dispatch({}, {})
      const [first, second] = await world.worker.claimAll()
      assert.equal(await complete(world, first!), 'applied')
      assertFields(await world.find(second!.claim.jobId), { state: 'running' })
      assert.equal(await complete(world, second!), 'applied')
      assert.equal(await children(world), 2)
    },
  },
  {
    rule: 'complete/rolls-back-together',
    name: 'when the work throws, nothing was written, and the claim still holds',
    needs: 'transactions',
    async run(world) {
      const job = await world.running()
      await assert.rejects(complete(world, job, new Error('the work failed')), /the work failed/)
      assertFields(await world.find(job.claim.jobId), { state: 'running', epoch: 1 })
      assert.equal(await children(world), 0)
      assert.equal(await world.worker.settle(job, 'finished'), 'applied')
    },
  },
  {
    rule: 'complete/rolls-back-together',
    name: 'a second completion, or one after a settlement, writes nothing',
    needs: 'transactions',
    async run(world) {
      const job = await world.running()
      assert.equal(await complete(world, job), 'applied')
      assert.equal(await complete(world, job), 'repeated')
      const settled = await world.running({ type: 'beta' }, { types: ['beta'] })
      await world.worker.settle(settled, 'failed', { reason: 'permanent' })
      assert.equal(await complete(world, settled), 'repeated')
      assertFields(await world.find(settled.claim.jobId), { state: 'failed' })
      assert.equal(await children(world), 1)
    },
  },
  {
    rule: 'complete/needs-standing-lease',
    name: 'a lost claim completes nothing while the next one runs, and the next one completes',
    needs: 'transactions',
    async run(world) {
      const stale = await world.running()
      await world.reapAll()
      const next = await world.named('worker-2').claimOne({ solo: true })
      assert.equal(await complete(world, stale), 'lost')
      assertFields(await world.find(stale.claim.jobId), { state: 'running', epoch: 2 })
      assert.equal(await children(world), 0)
      assert.equal(await complete(world, next), 'applied')
      assert.equal(await children(world), 1)
    },
  },
  {
    rule: 'complete/cancel-wins',
    name: 'a cancel that was asked leaves the job running and marked, without the writes',
    needs: 'transactions',
    async run(world) {
      const job = await world.running()
      await world.driver.cancel({ ids: [job.claim.jobId] })
      assert.equal(await complete(world, job), 'cancelled')
      assertFields(await world.find(job.claim.jobId), { state: 'running', cancelRequested: true })
      assert.equal(await children(world), 0)
      assert.equal(await world.worker.settle(job, 'finished'), 'cancelled')
    },
  },
]

function complete(world: World, job: ClaimedJob, failure?: Error): Promise<SettlementVerdict> {
  return world.driver.transactions!.complete({
    worker: world.worker.name,
    claim: job.claim,
    work: async (_transaction, caller) => {
      const reply = await world.driver.dispatch({ jobs: [newJob({ queue: 'children' })], caller })
      assert(reply.stored)
      if (failure !== undefined) throw failure
      return settlementOf(job, 'finished', { result: '{"done":true}' })
    },
  })
}

async function children(world: World): Promise<number> {
  return (await world.driver.list({ filter: { queues: ['children'] }, limit: 100 })).jobs.length
}

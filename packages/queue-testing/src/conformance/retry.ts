import assert from 'node:assert/strict'
import { endedStates } from '@goplate/queue-core'
import { assertFields } from './assert-fields.ts'
import type { ConformanceCase } from './conformance-case.ts'
import { unknownIds } from './dispatch.ts'
import { newJob } from './world.ts'

export const retryCases: readonly ConformanceCase[] = [
  {
    rule: 'retry/reopens-with-new-budgets',
    name: 'due at once, attempts and crashes from zero, epoch and history going on',
    async run(world) {
      const id = await world.dispatchOne({ maxAttempts: 2, maxCrashes: 1 })
      await world.crash()
      await world.worker.settle(await world.worker.claimOne({ solo: true }), 'retried', { delayMs: 0 })
      const last = await world.worker.claimOne({ solo: true })
      await world.worker.settle(last, 'failed', { reason: 'exhausted', error: '{"n":1}' })
      world.advance(5_000)
      assert.deepEqual(await world.driver.retry({ ids: [id], from: ['failed'] }), ['retried'])

      const waiting = await world.find(id, { history: true })
      assertFields(waiting, { state: 'pending', attempt: 0, crashes: 0, availableAt: world.now(), endedAt: undefined })
      assertFields(waiting, { reason: undefined, result: undefined })
      assert(!waiting.solo)
      assert.deepEqual(
        waiting.history?.map(({ outcome }) => outcome),
        ['crashed', 'retried', 'failed'],
      )
      const job = await world.worker.claimOne()
      assertFields(job, { attempt: 1, crashes: 0, waitMs: 0 })
      assert(job.claim.epoch > last.claim.epoch)
      assert.deepEqual(
        (await world.reapAll()).reaped.map(({ crashes, to }) => [crashes, to]),
        [[1, 'pending']],
      )
    },
  },
  {
    rule: 'retry/reopens-with-new-budgets',
    name: 'the claim that ended it can no longer decide it',
    async run(world) {
      const old = await world.running()
      await world.worker.settle(old, 'failed', { reason: 'permanent' })
      await world.driver.retry({ ids: [old.claim.jobId], from: ['failed'] })
      assert.notEqual(await world.worker.settle(old, 'finished'), 'applied')
      const present = await world.worker.claimOne()
      assert.notEqual(await world.worker.settle(old, 'finished'), 'applied')
      assertFields(await world.find(old.claim.jobId), { state: 'running', epoch: present.claim.epoch })
    },
  },
  {
    rule: 'retry/reopens-with-new-budgets',
    name: 'again and again: each end is followed by at most one new start',
    async run(world) {
      const id = await world.dispatchOne()
      const epochs: number[] = []
      for (const outcome of endedStates) {
        const job = await world.worker.claimOne()
        epochs.push(job.claim.epoch)
        await world.worker.settle(job, outcome, { reason: 'permanent' })
        assert.deepEqual(await world.driver.retry({ ids: [id], from: endedStates }), ['retried'])
      }
      await world.worker.claimOne()
      assert.deepEqual(
        epochs,
        [...new Set(epochs)].sort((a, b) => a - b),
      )
    },
  },
  {
    rule: 'retry/only-from-states-asked',
    name: 'verdicts follow the ids; other states are refused, unknown ids missing',
    async run(world) {
      const ended = new Map<string, string>()
      for (const outcome of endedStates) {
        const job = await world.running()
        await world.worker.settle(job, outcome, { reason: 'permanent' })
        ended.set(outcome, job.claim.jobId)
      }
      const running = (await world.running()).claim.jobId
      const unknown = await unknownIds(world)
      const waiting = await world.dispatchOne({ delayMs: 1_000 })
      const ids = [ended.get('finished')!, ...unknown, ended.get('failed')!, waiting, ended.get('cancelled')!, running]
      const missing = unknown.map(() => 'missing')
      const first = await world.driver.retry({ ids, from: ['failed', 'cancelled'] })
      assert.deepEqual(first, ['refused', ...missing, 'retried', 'refused', 'retried', 'refused'])
      const second = await world.driver.retry({ ids, from: ['finished'] })
      assert.deepEqual(second, ['retried', ...missing, 'refused', 'refused', 'refused', 'refused'])
      assertFields(await world.find(waiting), { state: 'pending', availableAt: world.now() + 1_000 })
      assertFields(await world.find(running), { state: 'running' })
    },
  },
  {
    rule: 'retry/clears-a-past-expiry',
    name: 'what was claimed too late runs after it',
    async run(world) {
      const late = await world.dispatchOne({ expiresAt: world.now() + 1_000 })
      world.advance(1_001)
      const claimed = await world.worker.claimOne()
      assertFields(claimed, { expired: true })
      await world.worker.settle(claimed, 'failed', { reason: 'expired' })
      assert.deepEqual(await world.driver.retry({ ids: [late], from: ['failed'] }), ['retried'])
      assertFields(await world.find(late), { state: 'pending', expiresAt: undefined })
      assert.deepEqual((await world.driver.expiry?.expire({ limit: 10 })) ?? [], [])
      world.advance(60_000)
      assertFields(await world.worker.claimOne(), { expired: false })
    },
  },
  {
    rule: 'retry/clears-a-past-expiry',
    name: 'a job that was expired does not expire again, also when it waits for its next attempt',
    needs: 'expiry',
    async run(world) {
      const id = await world.dispatchOne({ expiresAt: world.now() + 1_000 })
      world.advance(1_001)
      assert.equal((await world.driver.expiry!.expire({ limit: 10 })).length, 1)
      assert.deepEqual(await world.driver.retry({ ids: [id], from: ['failed'] }), ['retried'])
      assert.deepEqual(await world.driver.expiry!.expire({ limit: 10 }), [])
      await world.worker.settle(await world.worker.claimOne(), 'retried', { delayMs: 60_000 })
      world.advance(1_000)
      assert.deepEqual(await world.driver.expiry!.expire({ limit: 10 }), [])
      assertFields(await world.find(id), { state: 'pending', attempt: 1 })
    },
  },
  {
    rule: 'retry/clears-a-past-expiry',
    name: 'an expiry that is ahead holds after it too',
    async run(world) {
      const expiresAt = world.now() + 1_000
      const job = await world.running({ expiresAt })
      await world.worker.settle(job, 'failed', { reason: 'permanent' })
      assert.deepEqual(await world.driver.retry({ ids: [job.claim.jobId], from: ['failed'] }), ['retried'])
      assertFields(await world.find(job.claim.jobId), { expiresAt })
      world.advance(1_001)
      assertFields(await world.worker.claimOne(), { expired: true })
    },
  },
  {
    rule: 'retry/held-key-is-a-conflict',
    name: 'not while another job holds it; reopened, it holds it itself',
    async run(world) {
      const unique = { key: 'alpha:1', onConflict: 'return' } as const
      const old = await world.running({ unique })
      const id = old.claim.jobId
      await world.worker.settle(old, 'failed', { reason: 'permanent' })
      const holder = await world.running({ unique })
      assert.deepEqual(await world.driver.retry({ ids: [id], from: ['failed'] }), ['conflict'])
      assertFields(await world.find(id), { state: 'failed', reason: 'permanent' })
      await world.worker.settle(holder, 'finished')
      assert.deepEqual(await world.driver.retry({ ids: [id], from: ['failed'] }), ['retried'])
      const reply = await world.driver.dispatch({ jobs: [newJob({ unique })], caller: {} })
      assert.deepEqual(reply, { stored: true, receipts: [{ id, created: false }] })
    },
  },
  {
    rule: 'retry/held-key-is-a-conflict',
    name: 'of two ended jobs with one key, in one call, the first is reopened',
    async run(world) {
      const unique = { key: 'alpha:1', onConflict: 'return' } as const
      const ids: string[] = []
      for (let time = 1; time <= 2; time++) {
        const job = await world.running({ unique })
        await world.worker.settle(job, 'failed', { reason: 'permanent' })
        ids.push(job.claim.jobId)
      }
      const verdicts = await world.driver.retry({ ids: [...ids, await world.dispatchOne()], from: ['failed'] })
      assert.deepEqual(verdicts, ['retried', 'conflict', 'refused'])
    },
  },
]

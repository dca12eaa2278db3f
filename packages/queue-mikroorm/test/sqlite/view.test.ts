import type { JobId, StorageDriver } from '@goplate/queue-core'
import type { MikroORM } from '@mikro-orm/sqlite'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { QueueJob } from '../../src/index.ts'
import { sqliteDriver, type MikroOrmCaller } from '../../src/sqlite.ts'
import { claimOf, newJob } from './new-job.ts'
import { sqliteOrm } from './sqlite-orm.ts'

const start = Date.UTC(2040, 0, 1)
let orm: MikroORM
let driver: StorageDriver<MikroOrmCaller>
beforeEach(async () => {
  orm = await sqliteOrm()
  driver = sqliteDriver(orm)
  await driver.migrations!.migrate()
})
afterEach(() => orm.close(true))

async function dispatch(fields: Parameters<typeof newJob>[0] = {}): Promise<JobId> {
  const reply = await driver.dispatch({ jobs: [newJob(fields)], caller: {}, now: start })
  if (!reply.stored) throw new Error('refused')
  return reply.receipts[0]!.id
}
async function seen(id: JobId): Promise<QueueJob> {
  return orm.em.fork().findOneOrFail(QueueJob, { id })
}
async function claim(now = start): Promise<{ claim: Parameters<typeof settleOne>[0] }> {
  const { jobs } = await driver.claim(claimOf({ now }))
  return jobs[0]!
}
async function settleOne(claimed: Awaited<ReturnType<typeof driver.claim>>['jobs'][number]['claim'], fields: object) {
  const settlement = { claim: claimed, outcome: 'finished' as const, waitMs: 1, durationMs: 2, ...fields }
  return driver.settle({ worker: 'worker-1', settlements: [settlement], now: start })
}

it('agrees with find about every state', async () => {
  const finished = await dispatch({ type: 'alpha' })
  await settleOne((await claim()).claim, { result: '{"ok":true}' })
  const failed = await dispatch()
  await settleOne((await claim()).claim, { outcome: 'failed', reason: 'permanent', error: '{"message":"no"}' })
  const retrying = await dispatch()
  await settleOne((await claim()).claim, { outcome: 'retried', delayMs: 60_000, error: '{"message":"later"}' })
  const snoozed = await dispatch()
  await settleOne((await claim()).claim, { outcome: 'snoozed', delayMs: 60_000 })
  const cancelled = await dispatch()
  await driver.cancel({ ids: [cancelled], reason: 'not needed', now: start })
  const crashed = await dispatch()
  await claim()
  const { expired } = await driver.reap({ confirmed: [], now: start + 30_001 })
  await driver.reap({ confirmed: expired, now: start + 30_001 })
  const running = await dispatch()
  await claim()
  const scheduled = await dispatch({ delayMs: 1000 })
  const ready = await dispatch()

  const labels = { finished: 'finished', failed: 'failed', cancelled: 'cancelled', running: 'running' }
  const waiting = {
    retrying: 'retrying',
    snoozed: 'scheduled',
    crashed: 'solo',
    scheduled: 'scheduled',
    ready: 'ready',
  }
  const ids = { finished, failed, cancelled, running, retrying, snoozed, crashed, scheduled, ready }
  for (const [name, label] of Object.entries({ ...labels, ...waiting })) {
    const id = ids[name as keyof typeof ids]
    const [job] = await driver.find({ ids: [id] })
    const row = await seen(id)
    expect(row, name).toMatchObject({ label, state: job!.state, epoch: job!.epoch, attempt: job!.attempt })
    if (job!.state === 'pending') expect(row.availableAt?.getTime(), name).toBe(job!.availableAt)
  }
  expect(await seen(finished)).toMatchObject({ result: { ok: true }, endedAt: new Date(start) })
  expect(await seen(failed)).toMatchObject({ error: { message: 'no' }, reason: 'permanent' })
  expect(await seen(cancelled)).toMatchObject({ reason: 'not needed' })
})

import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { JobId, StorageDriver } from '@goplate/queue-core'
import type { MikroOrmCaller } from '../../src/postgresql.ts'
import { auditOf } from './postgres-harness.ts'
import { newClaim, newJob, settlement, TestQueue } from './test-queue.ts'

let queue: TestQueue
let driver: StorageDriver<MikroOrmCaller>
beforeAll(async () => {
  queue = await TestQueue.open()
  driver = (await queue.connect()).driver
})
afterEach(async () => expect(await auditOf(queue.admin)).toEqual([]))
afterAll(() => queue.close())

let queues = 0
let name = ''
async function dispatched(fields: Parameters<typeof newJob>[0] = {}): Promise<JobId> {
  name = `groups-${queues++}`
  const reply = await driver.dispatch({ jobs: [newJob({ queue: name, ...fields })], caller: {} })
  return reply.stored ? reply.receipts[0]!.id : ''
}
const claim = async (now?: number) =>
  (await driver.claim(newClaim({ queues: [{ queue: name, limit: 10 }], ...(now !== undefined && { now }) }))).jobs
const found = async (id: JobId) => (await driver.find({ ids: [id] }))[0]!
const count = (table: string, id: JobId) =>
  queue.ask<number>(`select count(*)::int from goplate_queue.${table} where job = ${id}`)

describe('reports', () => {
  it('of a claim that holds are kept until the job is removed; a repeated one writes nothing twice', async () => {
    const id = await dispatched()
    const [job] = await claim()
    const report = {
      claim: job!.claim,
      percent: 33.3,
      lines: [
        { line: 1, level: 'info', message: 'one' },
        { line: 2, level: 'error', message: 'two' },
      ],
    } as const
    await driver.reports!.report({ worker: 'worker', reports: [report, { claim: job!.claim, percent: 66.6 }] })
    await driver.reports!.report({ worker: 'worker', reports: [report] })
    await driver.reports!.report({ worker: 'worker', reports: [{ claim: job!.claim, percent: 70 }] })
    expect((await found(id)).progress).toBe(70)
    expect((await driver.list({ filter: { queues: [name] }, limit: 1 })).jobs[0]!.progress).toBe(70)
    const lines = await driver.reports!.lines({ id, after: 0, limit: 10 })
    expect(lines.map(({ epoch, line, level, message }) => [epoch, line, level, message])).toEqual([
      [1, 1, 'info', 'one'],
      [1, 2, 'error', 'two'],
    ])
    expect(await driver.reports!.lines({ id, after: 1, limit: 10 })).toEqual(lines.slice(1))
    await driver.settle({ worker: 'worker', settlements: [settlement(job!.claim)] })
    expect((await found(id)).progress).toBe(70)
    expect(await driver.remove({ ids: [id] })).toEqual(['removed'])
    expect([await count('progress', id), await count('log_line', id)]).toEqual([0, 0])
  })

  it('of a claim that does not hold change nothing', async () => {
    const id = await dispatched()
    const [job] = await claim()
    const strangers = [
      { ...job!.claim, epoch: 2 },
      { ...job!.claim, position: 2 },
      { ...job!.claim, leaseId: '00000000-0000-0000-0000-000000000000' },
      { ...job!.claim, leaseId: 'nonsense' },
    ]
    const lines = [{ line: 1, level: 'info', message: 'no' } as const]
    const report = (claims: (typeof job & object)['claim'][]) =>
      driver.reports!.report({ worker: 'worker', reports: claims.map((one) => ({ claim: one, percent: 1, lines })) })
    await report(strangers)
    await driver.settle({ worker: 'worker', settlements: [settlement(job!.claim, 'retried')] })
    await report([job!.claim])
    expect('progress' in (await found(id))).toBe(false)
    expect(await driver.reports!.lines({ id, after: 0, limit: 10 })).toEqual([])
  })
})

describe('pauses', () => {
  it('of a queue and of a type stop claims until they are ended, and tell when they are', async () => {
    await dispatched({ type: 'beta' })
    const claimBeta = async () =>
      (await driver.claim(newClaim({ queues: [{ queue: name, limit: 1 }], types: ['beta'] }))).jobs
    const both = [
      { kind: 'queue', name },
      { kind: 'type', name: 'beta' },
    ] as const
    for (const target of both) await driver.pausing!.pause({ ...target, reason: 'maintenance' })
    expect(await driver.pausing!.paused({})).toMatchObject(both.map((target) => ({ ...target, reason: 'maintenance' })))
    expect(await claimBeta()).toEqual([])
    expect(await driver.pausing!.resume(both[0])).toBe(true)
    expect(await claimBeta()).toEqual([])
    expect(await driver.pausing!.resume(both[1])).toBe(true)
    expect(await driver.pausing!.resume(both[1])).toBe(false)
    expect(await claimBeta()).toHaveLength(1)
  })

  it('end by themselves on the clock of the database', async () => {
    await dispatched()
    const now = Date.now()
    await driver.pausing!.pause({ kind: 'queue', name, forMs: 1000, now })
    const [pause] = await driver.pausing!.paused({ now: now + 999 })
    expect(pause).toEqual({ kind: 'queue', name, since: now, until: now + 1000 })
    expect(await claim(now + 999)).toEqual([])
    expect(await driver.pausing!.paused({ now: now + 1000 })).toEqual([])
    expect(await driver.pausing!.resume({ kind: 'queue', name, now: now + 1000 })).toBe(false)
    expect(await claim(now + 1000)).toHaveLength(1)
  })

  it('resuming wakes whoever listens', async () => {
    await dispatched()
    const told: string[] = []
    const end = driver.wakeups!.subscribe((names) => told.push(...names))
    await driver.pausing!.pause({ kind: 'queue', name })
    await driver.pausing!.resume({ kind: 'queue', name })
    end()
    expect(told).toEqual([name])
  })
})

describe('expiry', () => {
  const now = Date.now()
  const hour = 3_600_000
  const later = now + 2 * hour
  const expire = (limit = 10) => driver.expiry!.expire({ limit, now: later })

  it('fails jobs that wait, due or delayed, and frees their keys', async () => {
    const unique = { key: 'expires', onConflict: 'reject' } as const
    const due = await dispatched({ expiresAt: now + hour, unique })
    const delayed = await dispatched({ expiresAt: now + hour + 1, delayMs: 9 * hour })
    const young = await dispatched({ expiresAt: now + 9 * hour })
    expect((await expire(1)).map(({ jobId }) => jobId)).toEqual([due])
    expect(await expire()).toEqual([
      { jobId: delayed, type: 'alpha', queue: expect.any(String), attempt: 0, maxAttempts: 3 },
    ])
    expect(await expire()).toEqual([])
    for (const id of [due, delayed]) {
      expect(await found(id)).toMatchObject({ state: 'failed', reason: 'expired', attempt: 0, epoch: 1 })
      expect(await count('expiry', id)).toBe(0)
    }
    expect((await found(young)).state).toBe('pending')
    expect(await driver.dispatch({ jobs: [newJob({ unique })], caller: {} })).toMatchObject({ stored: true })
  })

  it('leaves a running job, and fails it when it waits again', async () => {
    const id = await dispatched({ expiresAt: now + hour })
    const [job] = await claim()
    expect(job).toMatchObject({ expired: false })
    expect(await expire()).toEqual([])
    await driver.settle({ worker: 'worker', settlements: [settlement(job!.claim, 'retried', 60_000)], now: later })
    expect((await expire()).map(({ jobId }) => jobId)).toEqual([id])
  })

  it('keeps nothing of jobs that ended or were removed', async () => {
    const ended = await dispatched({ expiresAt: now + hour })
    await driver.cancel({ ids: [ended] })
    expect(await expire()).toEqual([])
    expect(await count('expiry', ended)).toBe(0)
    const removed = await dispatched({ expiresAt: now + hour })
    await driver.cancel({ ids: [removed] })
    await driver.remove({ ids: [removed] })
    expect(await count('expiry', removed)).toBe(0)
  })

  it('of ten at once each job fails once', async () => {
    const ids = new Set<JobId>()
    for (let job = 0; job < 20; job++) ids.add(await dispatched({ expiresAt: now + hour }))
    const others = await Promise.all(Array.from({ length: 10 }, async () => (await queue.connect()).driver))
    const replies = await Promise.all(others.map((other) => other.expiry!.expire({ limit: 5, now: later })))
    const rest = await expire(100)
    expect(
      [...replies, rest]
        .flat()
        .map(({ jobId }) => jobId)
        .sort(),
    ).toEqual([...ids].sort())
  })
})

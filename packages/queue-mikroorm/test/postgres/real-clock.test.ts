import type { ClaimedJob } from '@goplate/queue-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { auditOf } from './postgres-harness.ts'
import { newClaim, newJob, settlement, TestQueue } from './test-queue.ts'

/** What production runs: the database's clock, cursors between claims, leases swept behind. */
let queue: TestQueue
beforeAll(async () => {
  queue = await TestQueue.open()
})
afterAll(() => queue.close())

it('a backlog with several priorities, retries and latecomers is run to the end, each attempt once', async () => {
  const { driver } = await queue.connect()
  const batch = (priority: number) => Array.from({ length: 40 }, () => newJob({ priority }))
  for (const priority of [5, 1, 3]) await driver.dispatch({ jobs: batch(priority), caller: {} })
  const attempts = new Map<string, number[]>()
  const finished = new Set<string>()
  for (let round = 0; finished.size < 140; round++) {
    if (round === 4) await driver.dispatch({ jobs: batch(0).slice(20), caller: {} })
    const { jobs } = await driver.claim(newClaim({ queues: [{ queue: 'default', limit: 7 }] }))
    for (const { claim, attempt } of jobs) attempts.set(claim.jobId, [...(attempts.get(claim.jobId) ?? []), attempt])
    const settlements = jobs.map((job, index) => settlement(job.claim, again(job, index) ? 'retried' : 'finished'))
    expect(await driver.settle({ worker: 'worker', settlements })).toEqual(jobs.map(() => 'applied'))
    for (const { claim, outcome } of settlements) if (outcome === 'finished') finished.add(claim.jobId)
  }
  for (const numbers of attempts.values()) expect(numbers).toEqual(numbers.map((_, index) => index + 1))
  await driver.close()
  expect(await queue.ask('select count(*)::int from goplate_queue.lease')).toBe(0)
  expect(await auditOf(queue.admin)).toEqual([])
})

function again({ attempt }: ClaimedJob, index: number): boolean {
  return attempt === 1 && index % 3 === 0
}

it('a more urgent job that comes during a backlog is next', async () => {
  const { driver } = await queue.connect()
  const claimOne = async () => (await driver.claim(newClaim({ queues: [{ queue: 'urgent', limit: 1 }] }))).jobs[0]!
  await driver.dispatch({ jobs: Array.from({ length: 5 }, () => newJob({ queue: 'urgent', priority: 5 })), caller: {} })
  const first = await claimOne()
  await driver.dispatch({ jobs: [newJob({ queue: 'urgent', priority: -1 })], caller: {} })
  expect((await claimOne()).priority).toBe(-1)
  await driver.settle({ worker: 'worker', settlements: [settlement(first.claim, 'released')] })
  expect((await claimOne()).claim.jobId).toBe(first.claim.jobId)
})

it('a delayed job tells when it is due, and is claimed then', async () => {
  const { driver } = await queue.connect()
  const hour = 3_600_000
  await driver.dispatch({ jobs: [newJob({ queue: 'delayed', delayMs: hour })], caller: {} })
  const claim = () => driver.claim(newClaim({ queues: [{ queue: 'delayed', limit: 1 }] }))
  const early = await claim()
  expect(early.jobs).toEqual([])
  expect(early.nextDueInMs).toBeGreaterThan(0)
  expect(early.nextDueInMs).toBeLessThanOrEqual(hour)
  await queue.admin.query(`
    begin;
    update goplate_queue.job set available_at = now() where queue = 'delayed';
    update goplate_queue.later set available_at = now() where queue = 'delayed';
    commit`)
  const late = await claim()
  expect(late.jobs).toHaveLength(1)
  expect(late.nextDueInMs).toBeUndefined()
})

it('in a transaction a delay counts from the dispatch, not from the begin', async () => {
  const { orm, driver } = await queue.connect()
  const [begun] = await orm.em.fork().transactional(async (em) => {
    const rows = await em.execute<{ at: string }[]>('select now()::text as at')
    await driver.dispatch({ jobs: [newJob({ queue: 'long', delayMs: 3_600_000 })], caller: { em } })
    return rows
  })
  const isLater = `available_at > '${begun!.at}'::timestamptz + interval '1 hour'`
  expect(await queue.ask(`select ${isLater} from goplate_queue.later where queue = 'long'`)).toBe(true)
})

it('worker rows are written once per name, and extensions keep them fresh', async () => {
  const { driver } = await queue.connect()
  for (let time = 0; time < 3; time++) await driver.claim(newClaim({ worker: 'anna', types: ['none'] }))
  const seen = () => queue.ask<string>("select seen_at::text from goplate_queue.worker where name = 'anna'")
  const before = await seen()
  await driver.extend({ leases: [], leaseMs: 1 })
  expect((await seen()) > before).toBe(true)
})

it('an extension names only those cancelled jobs that still run', async () => {
  const { driver } = await queue.connect()
  await driver.dispatch({ jobs: [newJob({ queue: 'stop' }), newJob({ queue: 'stop' })], caller: {} })
  const { jobs } = await driver.claim(newClaim({ queues: [{ queue: 'stop', limit: 2 }] }))
  const [settled, running] = jobs.map(({ claim }) => claim)
  await driver.cancel({ ids: [settled!.jobId, running!.jobId] })
  expect(await driver.settle({ worker: 'worker', settlements: [settlement(settled!)] })).toEqual(['cancelled'])
  const { held } = await driver.extend({ leases: [running!.leaseId], leaseMs: 30_000 })
  expect(held).toEqual([{ leaseId: running!.leaseId, cancelled: [running!.jobId] }])
})

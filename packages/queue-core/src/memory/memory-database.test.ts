import { expect, it } from 'vitest'
import type { Clock } from '../clock.ts'
import type { NewJobRecord } from '../job/stored-job.ts'
import { MemoryDatabase, memoryDriver } from './memory-driver.ts'

const clock: Clock & { now: number } = {
  now: 1_000,
  wall: () => clock.now,
  monotonic: () => clock.now,
  setTimer: () => ({ cancel: () => undefined }),
}

function newJob(fields: Partial<NewJobRecord> = {}): NewJobRecord {
  return { type: 'a', queue: 'q', payload: '{}', priority: 0, maxAttempts: 3, maxCrashes: 3, ...fields }
}

async function dispatchTo(database: MemoryDatabase, ...jobs: NewJobRecord[]): Promise<readonly string[]> {
  const reply = await memoryDriver({ database }).dispatch({ jobs, caller: {} })
  return reply.stored ? reply.receipts.map(({ id }) => id) : []
}

function claimFrom(database: MemoryDatabase, leaseId: string) {
  const request = { leaseId, leaseMs: 100, worker: 'w', queues: [{ queue: 'q', limit: 9 }], types: ['a'], solo: false }
  return memoryDriver({ database }).claim(request)
}

it('goes by the clock it was given', async () => {
  const database = new MemoryDatabase({ clock })
  const ids = await dispatchTo(database, newJob({ delayMs: 50 }))
  expect(ids).toEqual(['1'])
  expect(await memoryDriver({ database }).find({ ids })).toMatchObject([{ createdAt: 1_000, availableAt: 1_050 }])
  expect((await claimFrom(database, 'l')).jobs).toEqual([])
  clock.now = 1_050
  expect((await claimFrom(database, 'l')).jobs).toHaveLength(1)
})

it('is shared by the drivers that were given it, and by no others', async () => {
  const database = new MemoryDatabase()
  const ids = await dispatchTo(database, newJob())
  expect(await memoryDriver({ database }).find({ ids })).toHaveLength(1)
  expect(await memoryDriver().find({ ids })).toEqual([])
})

it('forgets what came after a snapshot, any number of times', async () => {
  const database = new MemoryDatabase()
  const ids = await dispatchTo(database, newJob())
  const before = database.snapshot()
  for (const leaseId of ['first', 'second']) {
    const { jobs } = await claimFrom(database, leaseId)
    expect(jobs[0]?.claim).toEqual({ leaseId, position: 0, jobId: ids[0], epoch: 1 })
    database.restore(before)
    expect(await memoryDriver({ database }).find({ ids })).toMatchObject([{ state: 'pending', epoch: 0 }])
  }
  expect(database.audit()).toEqual([])
})

it('stores a job although a listener throws, and tells the other listeners', async () => {
  const database = new MemoryDatabase()
  const told: string[] = []
  database.subscribe(() => {
    throw new Error('a listener broke')
  })
  database.subscribe((queues) => told.push(...queues))
  expect(await dispatchTo(database, newJob(), newJob({ queue: 'r' }))).toHaveLength(2)
  expect(told).toEqual(['q', 'r'])
})

it('refuses what the columns of a database would not take', async () => {
  const dispatch = dispatchTo(new MemoryDatabase(), newJob(), newJob({ priority: 32_768 }))
  await expect(dispatch).rejects.toMatchObject({ code: 'GPQ_STORAGE', kind: 'refused' })
})

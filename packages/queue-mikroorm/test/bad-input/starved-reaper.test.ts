import { defineJob } from '@goplate/queue-core'
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sqlDatabases, type SqlDatabase } from './sql-databases.ts'
import { looseQueue } from './three-queues.ts'

const running = 10_000
const endless = defineJob({ type: 'endless', timeout: false, async handle(_payload: unknown) {} })

describe.each(Object.entries(sqlDatabases))('on %s', (_name, open) => {
  let storage: SqlDatabase
  beforeAll(async () => {
    storage = await open()
  })
  afterAll(() => storage.close())

  const claim = (limit: number, leaseMs: number) =>
    storage.driver.claim({
      leaseId: randomUUID(),
      leaseMs,
      worker: `worker-${limit}`,
      queues: [{ queue: 'default', limit }],
      types: ['endless'],
      solo: false,
    })

  it('one dead job behind 10,000 that run without a timeout is found at the first look', async () => {
    const queue = looseQueue(storage.driver, [endless])
    await queue.dispatchMany(endless, Array<object>(running).fill({}))
    for (let claimed = 0; claimed < running; claimed += 100) await claim(100, 3_600_000)
    const { id } = await queue.dispatch(endless, {})
    const { jobs } = await claim(1, 1_000)
    expect(jobs.map(({ claim }) => claim.jobId)).toEqual([id])

    const now = Date.now() + 60_000
    const { expired } = await storage.driver.reap({ confirmed: [], now })
    expect(expired).toHaveLength(1)
    const { reaped } = await storage.driver.reap({ confirmed: expired, now })
    expect(reaped).toMatchObject([{ jobId: id, to: 'pending', crashes: 1 }])
    expect(await queue.count({ states: ['running'] })).toMatchObject([{ count: running }])
    expect(await storage.audit()).toEqual([])
  })
})

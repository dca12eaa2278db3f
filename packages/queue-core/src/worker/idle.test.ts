import { describe, expect, it } from 'vitest'
import { WorkerScene } from '../../test/support/worker-scene.ts'
import { defineJob } from '../define-job.ts'
import type { LeaseSighting, Overdue, StorageDriver } from '../driver/storage-driver.ts'

const job = defineJob({ type: 'a', handle: () => undefined })

/** The memory driver, which tells with each claim that asks for it what is overdue, and counts what it is asked. */
class Looking {
  readonly calls: string[] = []
  overdue: Overdue = { leases: [], jobs: false }
  readonly scene = new WorkerScene([job], { extend: (driver) => this.#over(driver) })

  #over(driver: StorageDriver): StorageDriver {
    const counted = (name: string) => void this.calls.push(name)
    return {
      ...driver,
      claim: async (request) => {
        counted('claim')
        const reply = await driver.claim(request)
        return request.look === true ? { ...reply, overdue: this.overdue } : reply
      },
      reap: async ({ confirmed }) => {
        counted('reap')
        return { expired: confirmed, reaped: [] }
      },
      expiry: {
        expire: async () => {
          counted('expire')
          this.overdue = { ...this.overdue, jobs: false }
          return []
        },
      },
    }
  }
}

describe('an idle worker whose driver tells with its claims what is overdue', () => {
  it('asks once in 5 s and nothing else', async () => {
    const looking = new Looking()
    const worker = looking.scene.worker({ retention: false, pollInterval: '5s' })
    await worker.start()
    await looking.scene.clock.advance(59_000)
    expect(looking.calls).toEqual(Array.from({ length: 12 }, () => 'claim'))
    await worker.stop()
  })

  it('reaps a lease that it saw expired twice, a heartbeat apart', async () => {
    const looking = new Looking()
    const worker = looking.scene.worker({ retention: false, pollInterval: '5s' })
    const lease: LeaseSighting = { leaseId: 'lease', seen: 'once' }
    looking.overdue = { leases: [lease], jobs: false }
    await worker.start()
    await looking.scene.clock.advance(9_000)
    expect(looking.calls).not.toContain('reap')
    await looking.scene.clock.advance(6_000)
    expect(looking.calls).toContain('reap')
    await worker.stop()
  })

  it('ends jobs at once when they are told to be over their time, and then no more', async () => {
    const looking = new Looking()
    const worker = looking.scene.worker({ retention: false, pollInterval: '5s' })
    await worker.start()
    await looking.scene.clock.advance(1_000)
    looking.overdue = { leases: [], jobs: true }
    await looking.scene.clock.advance(4_500)
    expect(looking.calls.filter((name) => name === 'expire')).toHaveLength(1)
    await looking.scene.clock.advance(30_000)
    expect(looking.calls.filter((name) => name === 'expire')).toHaveLength(1)
    await worker.stop()
  })
})

it('looks on its own when no claim tells', async () => {
  const looking = new Looking()
  const worker = looking.scene.worker({ retention: false, pollInterval: '1h' })
  await worker.start()
  await looking.scene.clock.advance(60_000)
  expect(looking.calls.filter((name) => name === 'reap').length).toBeGreaterThanOrEqual(10)
  expect(looking.calls.filter((name) => name === 'expire').length).toBeGreaterThanOrEqual(3)
  await worker.stop()
})

it('a job that another process delayed starts at the very moment it is due', async () => {
  const looking = new Looking()
  const { scene } = looking
  const worker = scene.worker({ retention: false, pollInterval: '5s' })
  const other = new WorkerScene([job], { clock: scene.clock, database: scene.database, silent: true })
  await other.dispatch(job, {}, { delay: 7_321 })
  await worker.start()
  await scene.clock.advance(7_320)
  expect(scene.of('job:started')).toEqual([])
  await scene.clock.advance(1)
  expect(scene.of('job:started')).toHaveLength(1)
  await worker.stop()
})

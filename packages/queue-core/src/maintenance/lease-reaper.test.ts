import { describe, expect, test } from 'vitest'
import { FakeClock } from '../../test/support/fake-clock.ts'
import { seededRandom } from '../../test/support/seeded-random.ts'
import type { LeaseSighting, ReapReply } from '../driver/storage-driver.ts'
import { EventEmitter } from '../event-emitter.ts'
import type { QueueEvents } from '../events.ts'
import { LeaseReaper } from './lease-reaper.ts'

const scanMs = 5_000
const heartbeatMs = 10_000

/** A reaper over a driver that says which leases are expired, and records which it was told to take away. */
function scene() {
  const clock = new FakeClock()
  const events = new EventEmitter<QueueEvents>((error) => {
    throw error as Error
  })
  const reaped: QueueEvents['job:reaped'][] = []
  events.on('job:reaped', (event) => reaped.push(event))
  const state = { expired: [] as LeaseSighting[], confirmed: [] as string[][], fails: false }
  const reap = async ({ confirmed }: { confirmed: readonly LeaseSighting[] }): Promise<ReapReply> => {
    if (state.fails) throw new Error('down')
    state.confirmed.push(confirmed.map(({ leaseId, seen }) => `${leaseId}@${seen}`))
    const facts = { type: 'work', queue: 'default', epoch: 1, crashes: 1, to: 'pending' as const }
    return {
      expired: state.expired,
      reaped: confirmed.map(({ leaseId }) => ({ jobId: `job of ${leaseId}`, ...facts })),
    }
  }
  const random = seededRandom(1)
  const reaper = new LeaseReaper({ driver: { reap } as never, clock, random, events, scanMs, heartbeatMs })
  return { clock, reaper, state, reaped }
}

describe('a reaper', () => {
  test('takes a lease away that it saw expired and unchanged a heartbeat ago, and tells of its jobs', async () => {
    const { clock, reaper, state, reaped } = scene()
    state.expired = [{ leaseId: 'a', seen: '1' }]
    for (let scan = 0; scan < 3; scan += 1) {
      await reaper.look()
      await clock.advance(scanMs)
    }
    expect(state.confirmed).toEqual([[], [], ['a@1']])
    expect(reaped).toEqual([{ jobId: 'job of a', type: 'work', queue: 'default', crashes: 1, to: 'pending' }])
  })

  test('starts counting anew when the lease changed or was not expired in between', async () => {
    const { clock, reaper, state } = scene()
    const seen = ['1', '1', '2', '2', undefined, '2', '2', '2']
    for (const mark of seen) {
      state.expired = mark === undefined ? [] : [{ leaseId: 'a', seen: mark }]
      await reaper.look()
      await clock.advance(scanMs)
    }
    // The third look confirms what it had seen twice; the driver compares, finds it changed, and leaves it alone.
    expect(state.confirmed).toEqual([[], [], ['a@1'], [], ['a@2'], [], [], ['a@2']])
  })

  test.each(['an error', 'a stall', 'a long stop'])('believes nothing it saw before %s', async (what) => {
    const { clock, reaper, state } = scene()
    reaper.start()
    await clock.advance(scanMs)
    state.expired = [{ leaseId: 'a', seen: '1' }]
    await clock.advance(scanMs)
    expect(state.confirmed.flat()).toEqual([])
    if (what === 'an error') {
      state.fails = true
      await clock.advance(scanMs)
      state.fails = false
    }
    if (what === 'a stall') await clock.stall(scanMs * 10)
    if (what === 'a long stop') {
      await reaper.stop()
      await clock.advance(scanMs * 10)
      reaper.start()
    }
    await clock.advance(scanMs * 2 - 1)
    expect(state.confirmed.flat()).toEqual([])
    await clock.advance(scanMs * 2)
    expect(state.confirmed.flat()).toContain('a@1')
    await reaper.stop()
    expect(clock.pending).toBe(0)
  })

  test('looks once per scan until it is stopped, and leaves no timer', async () => {
    const { clock, reaper, state } = scene()
    reaper.start()
    reaper.start()
    await clock.advance(scanMs * 10)
    expect(state.confirmed).toHaveLength(10)
    await reaper.stop()
    await reaper.stop()
    expect(clock.pending).toBe(0)
  })
})

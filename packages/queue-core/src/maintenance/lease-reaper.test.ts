import { describe, expect, test } from 'vitest'
import { FakeClock } from '../../test/support/fake-clock.ts'
import { seededRandom } from '../../test/support/seeded-random.ts'
import type { LeaseSighting, ReapedJob, ReapReply } from '../driver/storage-driver.ts'
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
  const ended: unknown[] = []
  const onEnded = ({ jobId }: ReapedJob, end: string) => void ended.push([jobId, end])
  const state = {
    to: 'pending' as ReapedJob['to'],
    expired: [] as LeaseSighting[],
    confirmed: [] as string[][],
    fails: false,
  }
  const reap = async ({ confirmed }: { confirmed: readonly LeaseSighting[] }): Promise<ReapReply> => {
    if (state.fails) throw new Error('down')
    state.confirmed.push(confirmed.map(({ leaseId, seen }) => `${leaseId}@${seen}`))
    const facts = { type: 'work', queue: 'default', epoch: 1, attempt: 1, maxAttempts: 5, crashes: 1, to: state.to }
    return {
      expired: state.expired,
      reaped: confirmed.map(({ leaseId }) => ({ jobId: `job of ${leaseId}`, ...facts })),
    }
  }
  const random = seededRandom(1)
  const reaper = new LeaseReaper({ driver: { reap } as never, clock, random, events, scanMs, heartbeatMs, onEnded })
  return { clock, reaper, state, reaped, ended }
}

describe('a reaper', () => {
  test('takes a lease away that it saw expired and unchanged a heartbeat ago, and tells of its jobs', async () => {
    const { clock, reaper, state, reaped, ended } = scene()
    state.expired = [{ leaseId: 'a', seen: '1' }]
    for (let scan = 0; scan < 3; scan += 1) {
      await reaper.look()
      await clock.advance(scanMs)
    }
    expect(state.confirmed).toEqual([[], [], ['a@1']])
    expect(reaped).toEqual([{ jobId: 'job of a', type: 'work', queue: 'default', crashes: 1, to: 'pending' }])
    expect(ended).toEqual([])
  })

  test.each([
    ['failed', 'crashed'],
    ['cancelled', 'cancelled'],
  ] as const)('tells that a job is %s, as %s', async (to, end) => {
    const { clock, reaper, state, reaped, ended } = scene()
    state.to = to
    state.expired = [{ leaseId: 'a', seen: '1' }]
    for (let scan = 0; scan < 3; scan += 1) {
      await reaper.look()
      await clock.advance(scanMs)
    }
    expect(reaped).toMatchObject([{ to }])
    expect(ended).toEqual([['job of a', end]])
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

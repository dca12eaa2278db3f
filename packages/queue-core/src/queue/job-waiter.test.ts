import { describe, expect, test } from 'vitest'
import { FakeClock } from '../../test/support/fake-clock.ts'
import type { JobState } from '../job/job-state.ts'
import type { StoredJob } from '../job/stored-job.ts'
import { JobWaiter } from './job-waiter.ts'

function scene() {
  const clock = new FakeClock()
  const states = new Map<string, JobState>()
  const lookups: string[][] = []
  const waiter = new JobWaiter(async (ids) => {
    lookups.push([...ids])
    return ids.flatMap((id) => (states.has(id) ? [storedJob(id, states.get(id)!)] : []))
  }, clock)
  return { clock, states, lookups, waiter }
}

function storedJob(id: string, state: JobState): StoredJob {
  return {
    id,
    type: 'a',
    queue: 'default',
    state,
    payload: 'null',
    priority: 0,
    maxAttempts: 1,
    maxCrashes: 3,
    epoch: 1,
    attempt: 1,
    crashes: 0,
    createdAt: 0,
  }
}

describe('JobWaiter', () => {
  test('resolves once the job has ended, and keeps no timer afterwards', async () => {
    const { clock, states, waiter } = scene()
    states.set('1', 'running')
    const { ended } = waiter.wait('1')
    await clock.advance(100)
    expect(clock.pending).toBe(1)
    states.set('1', 'finished')
    await clock.advance(1_000)
    expect((await ended)?.state).toBe('finished')
    expect(clock.pending).toBe(0)
  })

  test('looks up everybody who waits in one call, ever more rarely', async () => {
    const { clock, states, lookups, waiter } = scene()
    states.set('1', 'pending').set('2', 'pending')
    const first = waiter.wait('1')
    const second = waiter.wait('2')
    await clock.advance(60_000)
    expect(lookups.at(-1)).toEqual(['1', '2'])
    expect(lookups.length).toBeLessThan(75)
    first.giveUp()
    second.giveUp()
    expect(clock.pending).toBe(0)
  })

  test('looks at once when told that the job may have ended', async () => {
    const { clock, states, lookups, waiter } = scene()
    states.set('1', 'pending')
    const { ended } = waiter.wait('1')
    await clock.advance(30_000)
    states.set('1', 'cancelled')
    const before = lookups.length
    waiter.look('other')
    await clock.advance(0)
    expect(lookups.length).toBe(before)
    waiter.look('1')
    await clock.advance(0)
    expect((await ended)?.state).toBe('cancelled')
  })

  test('answers undefined for a job that is not there', async () => {
    const { waiter } = scene()
    await expect(waiter.wait('9').ended).resolves.toBeUndefined()
  })

  test('hands a failing look-up to everybody who waits', async () => {
    const clock = new FakeClock()
    const waiter = new JobWaiter(() => Promise.reject(new Error('down')), clock)
    await expect(waiter.wait('1').ended).rejects.toThrow('down')
    expect(clock.pending).toBe(0)
  })

  test('rejects everybody when it is closed', async () => {
    const { clock, states, waiter } = scene()
    states.set('1', 'pending')
    const { ended } = waiter.wait('1')
    await clock.advance(10)
    waiter.close(new Error('closed'))
    await expect(ended).rejects.toThrow('closed')
    expect(clock.pending).toBe(0)
  })
})

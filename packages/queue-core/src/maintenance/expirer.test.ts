import { expect, test } from 'vitest'
import { FakeClock } from '../../test/support/fake-clock.ts'
import { seededRandom } from '../../test/support/seeded-random.ts'
import type { ExpiredJob } from '../driver/driver-groups.ts'
import { EventEmitter } from '../event-emitter.ts'
import type { QueueEvents } from '../events.ts'
import { memoryDriver } from '../memory/memory-driver.ts'
import { Expirer } from './expirer.ts'

function scene() {
  const clock = new FakeClock()
  const driver = memoryDriver({ clock })
  const events = new EventEmitter<QueueEvents>((error) => {
    throw error
  })
  const expired: string[] = []
  events.on('job:expired', ({ jobId }) => expired.push(jobId))
  const failed: unknown[] = []
  const onFailed = (job: ExpiredJob) => void failed.push(job)
  const expirer = new Expirer({ driver, clock, random: seededRandom(1), events, onFailed })
  const dispatch = (count: number, expiresInMs: number) =>
    driver.dispatch({
      caller: {},
      jobs: Array.from({ length: count }, () => ({
        ...{ type: 'a', queue: 'default', payload: '{}', priority: 0, maxAttempts: 1, maxCrashes: 3 },
        expiresAt: clock.wall() + expiresInMs,
      })),
    })
  return { clock, driver, events, expired, failed, onFailed, expirer, dispatch }
}

test('ends what waits too long, soon after its time, and leaves the rest', async () => {
  const { clock, driver, expired, failed, expirer, dispatch } = scene()
  await dispatch(1, 1_000)
  await dispatch(1, 3_600_000)
  expirer.start()
  await clock.advance(30_000)
  expect(expired).toEqual(['1'])
  expect(failed).toEqual([{ jobId: '1', type: 'a', queue: 'default', attempt: 0, maxAttempts: 1 }])
  expect((await driver.find({ ids: ['1'] }))[0]).toMatchObject({ state: 'failed', reason: 'expired' })
  await expirer.stop()
  expect(clock.pending).toBe(0)
})

test('goes on after a short pause while steps come back full', async () => {
  const { clock, expired, expirer, dispatch } = scene()
  await dispatch(1_200, 1)
  await clock.advance(10)
  for (let full = 0; full < 2; full += 1) {
    const pause = await expirer.step()
    expect(pause).toBeGreaterThan(150)
    expect(pause).toBeLessThan(350)
  }
  expect(await expirer.step()).toBeGreaterThan(5_000)
  expect(expired).toHaveLength(1_200)
})

test('an error of storage is told, and tried again later', async () => {
  const { clock, driver, events, onFailed } = scene()
  const errors: string[] = []
  events.on('error', ({ during }) => errors.push(during))
  const broken = { ...driver, expiry: { expire: () => Promise.reject(new Error('down')) } }
  const expirer = new Expirer({ driver: broken, clock, random: seededRandom(1), events, onFailed })
  expect(await expirer.step()).toBeGreaterThan(5_000)
  expect(errors).toEqual(['expire'])
})

test('starts no timer for a driver that cannot expire', async () => {
  const { clock, driver, events, onFailed } = scene()
  const { expiry: _expiry, ...rest } = driver
  const expirer = new Expirer({ driver: rest, clock, random: seededRandom(1), events, onFailed })
  expirer.start()
  expect(clock.pending).toBe(0)
  await expirer.stop()
})

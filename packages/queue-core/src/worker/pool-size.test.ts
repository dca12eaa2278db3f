import { describe, expect, test } from 'vitest'
import { gate, job, WorkerScene } from '../../test/support/worker-scene.ts'
import { nextPoolSize, PoolSize, type PoolLoad } from './pool-size.ts'

const calm: PoolLoad = { isShort: false, sinceGrowthMs: 60_000, sinceShortMs: 60_000, peak: 0 }
const short: PoolLoad = { isShort: true, sinceGrowthMs: 60_000, sinceShortMs: 0, peak: 20 }

describe('between 2 and 20', () => {
  test.each<[string, number, PoolLoad, number]>([
    ['grows by half while jobs wait', 2, short, 3],
    ['rounded up', 5, short, 8],
    ['never above its maximum', 18, short, 20],
    ['stays there', 20, short, 20],
    ['not before the last growth has shown', 5, { ...short, sinceGrowthMs: 249 }, 5],
    ['and then', 5, { ...short, sinceGrowthMs: 250 }, 8],
    ['does not shrink soon after jobs waited', 20, { ...calm, sinceShortMs: 9_999 }, 20],
    ['shrinks by a quarter', 20, calm, 15],
    ['but keeps what was used', 20, { ...calm, peak: 18 }, 18],
    ['all of it', 20, { ...calm, peak: 20 }, 20],
    ['never below its minimum', 3, calm, 2],
    ['stays there as well', 2, calm, 2],
  ])('%s: %i', (_name, size, load, next) => {
    expect(nextPoolSize(size, { min: 2, max: 20 }, load)).toBe(next)
  })
})

test('a burst makes it grow at once, and it takes a minute of calm to shrink all the way', () => {
  const pool = new PoolSize({ min: 2, max: 20 })
  const sizes: number[] = []
  for (let now = 0; now < 2_000; now += 250) {
    pool.noteUse(pool.size)
    pool.adapt(now, true)
    sizes.push(pool.size)
  }
  expect(sizes).toEqual([3, 5, 8, 12, 18, 20, 20, 20])
  for (let now = 2_000; now < 120_000; now += 1_000) {
    pool.adapt(now, false)
    if (pool.size !== sizes.at(-1)) sizes.push(pool.size)
  }
  expect(sizes.slice(8)).toEqual([15, 11, 8, 6, 4, 3, 2])
})

test('a worker grows while due jobs wait and shrinks when they do not', async () => {
  const end = gate()
  const work = job(() => end.promise)
  const scene = new WorkerScene([work])
  const worker = scene.worker({ concurrency: { min: 2, max: 12 } })
  await worker.start()
  expect(worker.concurrency).toBe(2)
  await scene.queue.dispatchMany(work, Array.from({ length: 50 }, () => ({})) as never[])
  await scene.clock.advance(0)
  expect([worker.concurrency, scene.of('job:started').length]).toEqual([3, 3])
  await scene.clock.advance(2_000)
  expect([worker.concurrency, scene.of('job:started').length]).toEqual([12, 12])
  end.resolve()
  await scene.clock.advance(5_000)
  expect([worker.concurrency, scene.of('job:finished').length]).toEqual([12, 50])
  await scene.clock.advance(120_000)
  expect(worker.concurrency).toBe(2)
  await worker.stop()
  expect(scene.clock.pending).toBe(0)
})

test('a queue grows within its own bounds, and leaves the other alone', async () => {
  const end = gate()
  const mail = job(() => end.promise, { queue: 'mail' })
  const other = job(() => end.promise, { type: 'other', queue: 'other' })
  const scene = new WorkerScene([mail, other])
  const queues = { mail: { concurrency: { min: 1, max: 4 } }, other: { concurrency: 3 } }
  const worker = scene.worker({ queues })
  await worker.start()
  for (const one of [mail, other]) {
    await scene.queue.dispatchMany(one, Array.from({ length: 20 }, () => ({})) as never[])
  }
  await scene.clock.advance(3_000)
  const started = scene.of('job:started').map(({ queue }) => queue)
  expect(['mail', 'other'].map((name) => started.filter((queue) => queue === name).length)).toEqual([4, 3])
  end.resolve()
  await scene.clock.advance(0)
  await worker.stop()
})

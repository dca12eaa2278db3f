import { expect, test } from 'vitest'
import { job, WorkerScene } from '../../test/support/worker-scene.ts'
import { StorageError, type StorageErrorKind } from '../errors.ts'
import type { SettleRequest } from '../driver/storage-driver.ts'

test('a lost reply is sent again until it is answered, and counts once', async () => {
  const work = job(async () => 'done')
  const scene = new WorkerScene([work])
  let calls = 0
  scene.faults.after = (verb) => {
    if (verb === 'settle' && (calls += 1) <= 5) throw new StorageError('connection', 'reply lost')
  }
  const worker = scene.worker()
  await worker.start()
  const id = await scene.dispatch(work)
  await scene.clock.advance(60_000)
  expect(calls).toBe(6)
  expect(await scene.outcomes(id)).toEqual(['finished'])
  expect(scene.of('job:finished')).toMatchObject([{ jobId: id, result: 'done' }])
  await worker.stop()
  expect(scene.clock.pending).toBe(0)
})

test('an outage longer than the lease costs no result while nobody took the lease away', async () => {
  const work = job(async () => 'done')
  const scene = new WorkerScene([work])
  const worker = scene.worker()
  await worker.start()
  let isDown = true
  scene.faults.before = (verb) => {
    if (isDown && verb !== 'claim') throw new StorageError('connection', 'down')
  }
  isDown = false
  const id = await scene.dispatch(work)
  isDown = true
  await scene.clock.advance(300_000)
  expect(await scene.state(id)).toBe('running')
  isDown = false
  await scene.clock.advance(10_000)
  expect(await scene.outcomes(id)).toEqual(['finished'])
  await worker.stop()
})

test('one refused settlement harms no neighbour and keeps its outcome', async () => {
  const work = job(async (payload) => (payload as { n: number }).n)
  const scene = new WorkerScene([work])
  const sizes: number[] = []
  scene.faults.before = (verb, request: SettleRequest) => {
    if (verb !== 'settle') return
    sizes.push(request.settlements.length)
    if (request.settlements.some(({ result }) => result === '7')) throw new StorageError('refused', 'cannot store this')
  }
  const receipts = await scene.queue.dispatchMany(work, Array.from({ length: 20 }, (_, n) => ({ n })) as never[])
  expect(await scene.worker({ concurrency: 20 }).drain()).toBe(20)
  const jobs = await Promise.all(receipts.map(({ id }) => scene.queue.find(id)))
  expect(jobs.map((found) => found?.state)).toEqual(Array.from({ length: 20 }, () => 'finished'))
  expect(jobs.map((found) => found?.result)).toEqual(Array.from({ length: 20 }, (_, n) => (n === 7 ? undefined : n)))
  expect(scene.of('warning')).toMatchObject([{ code: 'settlement_refused', jobId: receipts[7]?.id }])
  expect(Math.max(...sizes)).toBeGreaterThan(10)
})

test('what storage refuses in every form is given up, and runs again when its lease is over', async () => {
  const work = job(async () => 'done', { maxCrashes: 0 })
  const scene = new WorkerScene([work])
  scene.faults.before = (verb) => {
    if (verb === 'settle') throw new StorageError('refused', 'never')
  }
  const worker = scene.worker()
  await worker.start()
  const id = await scene.dispatch(work)
  await scene.clock.advance(90_000)
  expect(await scene.queue.find(id)).toMatchObject({ state: 'failed', reason: 'crashed' })
  expect(scene.of('job:lost')).toMatchObject([{ jobId: id }])
  await worker.stop()
  expect(scene.clock.pending).toBe(0)
})

test.each<StorageErrorKind>(['conflict', 'connection', 'capacity', 'corrupt', 'other'])(
  'claims go on after an error of kind %s',
  async (kind) => {
    const work = job(async () => undefined)
    const scene = new WorkerScene([work])
    let failures = 0
    scene.faults.before = (verb) => {
      if (verb === 'claim' && (failures += 1) <= 4) throw new StorageError(kind, 'not now')
    }
    const id = await scene.dispatch(work)
    const worker = scene.worker()
    await worker.start()
    await scene.clock.advance(kind === 'conflict' ? 200 : 10_000)
    expect(await scene.state(id)).toBe('finished')
    expect(scene.of('error')).toHaveLength(4)
    await worker.stop()
  },
)

test('settlements that pile up go in one call', async () => {
  const work = job(async () => undefined)
  const scene = new WorkerScene([work])
  const sizes: number[] = []
  scene.faults.before = (verb, request: SettleRequest) => {
    if (verb === 'settle') sizes.push(request.settlements.length)
  }
  await scene.queue.dispatchMany(work, Array.from({ length: 100 }, () => ({})) as never[])
  await scene.worker({ concurrency: 100 }).drain()
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(100)
  expect(sizes.length).toBeLessThanOrEqual(3)
})

import { AsyncLocalStorage } from 'node:async_hooks'
import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../test/support/seeded-random.ts'
import { gate, job, WorkerScene } from '../../test/support/worker-scene.ts'
import { StorageError } from '../errors.ts'

const obedient = (_payload: never, { signal }: { signal: AbortSignal }) =>
  new Promise<void>((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)))

describe('stop', () => {
  test('lets running jobs end, claims nothing more, and then no timer is left', async () => {
    const end = gate()
    const work = job(() => end.promise)
    const scene = new WorkerScene([work])
    const worker = scene.worker({ concurrency: 1 })
    const first = await scene.dispatch(work)
    const second = await scene.dispatch(work)
    await worker.start()
    await scene.clock.advance(0)
    const stopped = worker.stop()
    expect(worker.state).toBe('draining')
    await scene.clock.advance(20_000)
    end.resolve()
    await stopped
    expect([await scene.state(first), await scene.state(second)]).toEqual(['finished', 'pending'])
    expect([worker.state, scene.clock.pending]).toEqual(['stopped', 0])
  })

  test('tells what still runs after the time for it, and gives it back with its attempt', async () => {
    const work = job(obedient)
    const scene = new WorkerScene([work])
    const worker = scene.worker({ stopTimeout: '10s' })
    const id = await scene.dispatch(work)
    await worker.start()
    await scene.clock.advance(0)
    const stopped = worker.stop()
    await scene.clock.advance(9_999)
    expect(await scene.state(id)).toBe('running')
    await scene.clock.advance(1)
    await stopped
    expect(await scene.queue.find(id)).toMatchObject({ state: 'pending', attempt: 0, crashes: 0 })
    expect(scene.of('job:released')).toMatchObject([{ jobId: id }])
    expect(scene.errors).toEqual([])
    expect(scene.clock.pending).toBe(0)
  })

  test('does not wait for a handler that ignores it: the job is given back a second later', async () => {
    const never = gate<string>()
    const work = job(() => never.promise)
    const scene = new WorkerScene([work])
    const worker = scene.worker({ stopTimeout: '10s' })
    const id = await scene.dispatch(work)
    await worker.start()
    await scene.clock.advance(0)
    const stopped = worker.stop()
    await scene.clock.advance(11_000)
    await stopped
    expect(await scene.queue.find(id)).toMatchObject({ state: 'pending', attempt: 0 })
    expect(scene.of('job:stuck')).toMatchObject([{ jobId: id, sinceMs: 1_000 }])
    never.resolve('too late')
    await scene.clock.advance(60_000)
    expect(await scene.state(id)).toBe('pending')
    expect(scene.clock.pending).toBe(0)
  })

  test('gives claimed jobs that wait for a slot back at once', async () => {
    const end = gate()
    const work = job(() => end.promise)
    const scene = new WorkerScene([work])
    const receipts = await scene.queue.dispatchMany(work, Array.from({ length: 5 }, () => ({})) as never[])
    const worker = scene.worker({ concurrency: 1, prefetch: 4 })
    await worker.start()
    await scene.clock.advance(0)
    const stopped = worker.stop()
    await scene.clock.advance(0)
    const states = await Promise.all(receipts.map(({ id }) => scene.state(id)))
    expect(states).toEqual(['running', 'pending', 'pending', 'pending', 'pending'])
    end.resolve()
    await stopped
    expect(scene.clock.pending).toBe(0)
  })

  test('a second call may shorten its time', async () => {
    const work = job(obedient)
    const scene = new WorkerScene([work])
    const id = await scene.dispatch(work)
    const worker = scene.worker()
    await worker.start()
    await scene.clock.advance(0)
    const stopped = worker.stop()
    await worker.stop({ timeout: 0 })
    await stopped
    expect(await scene.state(id)).toBe('pending')
    expect(scene.clock.pending).toBe(0)
  })

  test('takes back a claim that was under way', async () => {
    const work = job(async () => undefined)
    const scene = new WorkerScene([work])
    const answer = gate()
    scene.faults.after = (verb) => (verb === 'claim' ? answer.promise : undefined)
    const id = await scene.dispatch(work)
    const worker = scene.worker()
    await worker.start()
    await scene.clock.advance(0)
    const stopped = worker.stop()
    await scene.clock.advance(0)
    answer.resolve()
    await stopped
    expect(await scene.queue.find(id)).toMatchObject({ state: 'pending', attempt: 0 })
    expect(scene.of('job:started')).toEqual([])
  })

  test('ends although storage never answers, and says what is left', async () => {
    const work = job(async () => 'done')
    const scene = new WorkerScene([work])
    scene.faults.before = (verb) => {
      if (verb === 'settle') throw new StorageError('connection', 'down')
    }
    await scene.dispatch(work)
    const worker = scene.worker({ stopTimeout: '10s' })
    await worker.start()
    await scene.clock.advance(0)
    const stopped = worker.stop()
    await scene.clock.advance(15_000)
    await stopped
    expect(scene.of('warning')).toMatchObject([{ code: 'unsettled_at_stop' }])
    expect(scene.clock.pending).toBe(0)
  })
})

test('start and stop in any order and number', async () => {
  const work = job(async () => undefined)
  const scene = new WorkerScene([work])
  const worker = scene.worker()
  await worker.stop()
  expect(worker.state).toBe('idle')
  await Promise.all([worker.start(), worker.start()])
  expect(scene.of('worker:started')).toHaveLength(1)
  await Promise.all([worker.stop(), worker.stop()])
  await worker.stop()
  expect(scene.of('worker:stopped')).toHaveLength(1)
  await worker.start()
  const id = await scene.dispatch(work)
  await scene.clock.advance(0)
  expect(await scene.state(id)).toBe('finished')
  void worker.stop()
  void worker.start()
  await worker.stop()
  await scene.clock.advance(0)
  expect([worker.state, scene.clock.pending]).toEqual(['stopped', 0])
})

test.each([1, 2, 3, 4, 5])('start/stop stress, seed %i', async (seed) => {
  const random = seededRandom(seed)
  const work = job(() => new Promise<void>((resolve) => scene.clock.setTimer(random.number() * 500, resolve)))
  const scene: WorkerScene = new WorkerScene([work], { seed })
  const worker = scene.worker({ concurrency: 3, prefetch: 2, stopTimeout: 200 })
  for (let round = 0; round < 200; round += 1) {
    const choice = random.number()
    if (choice < 0.3) void worker.start()
    else if (choice < 0.6) void worker.stop(choice < 0.4 ? { timeout: 0 } : {})
    else if (choice < 0.8) await scene.dispatch(work)
    else await scene.clock.advance(random.number() * 300)
  }
  void worker.start()
  await scene.clock.until(() => worker.state === 'running', 60_000)
  await scene.clock.advance(60_000)
  const stopped = worker.stop()
  await scene.clock.advance(10_000)
  await stopped
  const counts = await scene.queue.count()
  expect(counts.map(({ state }) => state)).toEqual(['finished'])
  expect(scene.clock.pending).toBe(0)
  expect(scene.database.audit()).toEqual([])
})

test('background work does not inherit the context in which it was started or woken', async () => {
  const request = new AsyncLocalStorage<string>()
  const seen: unknown[] = []
  const work = job(async () => void seen.push(request.getStore()))
  const scene = new WorkerScene([work])
  const worker = scene.worker()
  await request.run('start', () => worker.start())
  await scene.clock.advance(0)
  await request.run('dispatch', () => scene.dispatch(work))
  await scene.clock.advance(0)
  await scene.dispatch(work, {}, { delay: 500 })
  await scene.clock.advance(1_000)
  await worker.stop()
  expect(seen).toEqual([undefined, undefined])
})

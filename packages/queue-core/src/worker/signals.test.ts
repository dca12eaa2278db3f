import { expect, test } from 'vitest'
import { job, WorkerScene } from '../../test/support/worker-scene.ts'

const listeners = () => process.listenerCount('SIGTERM') + process.listenerCount('SIGINT')

test('the first signal stops, the second gives back at once, and then nobody listens any more', async () => {
  const before = listeners()
  const work = job(
    (_payload, { signal }) =>
      new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error))),
  )
  const scene = new WorkerScene([work])
  const worker = scene.worker().handleSignals().handleSignals()
  expect(listeners()).toBe(before + 2)
  const id = await scene.dispatch(work)
  await worker.start()
  await scene.clock.advance(0)
  process.emit('SIGTERM', 'SIGTERM')
  await scene.clock.advance(5_000)
  expect([worker.state, await scene.state(id)]).toEqual(['draining', 'running'])
  process.emit('SIGINT', 'SIGINT')
  await scene.clock.advance(0)
  expect([worker.state, await scene.state(id), scene.clock.pending]).toEqual(['stopped', 'pending', 0])
  expect(listeners()).toBe(before)
})

test('a worker that never started stops listening too', async () => {
  const before = listeners()
  const worker = new WorkerScene([job(async () => undefined)]).worker().handleSignals()
  process.emit('SIGTERM', 'SIGTERM')
  await worker.stop()
  expect([worker.state, listeners()]).toEqual(['idle', before])
})

test.each(['start', 'runOnce', 'drain'] as const)(
  'a signal before %s is not forgotten: nothing runs',
  async (doing) => {
    const before = listeners()
    const work = job(async () => undefined)
    const scene = new WorkerScene([work])
    const id = await scene.dispatch(work)
    const worker = scene.worker().handleSignals()
    process.emit('SIGTERM', 'SIGTERM')
    process.emit('SIGTERM', 'SIGTERM')
    expect(listeners()).toBe(before + 2)
    await worker[doing]()
    expect([worker.state, await scene.state(id), scene.clock.pending]).toEqual(['stopped', 'pending', 0])
    expect(scene.of('worker:stopped')).toEqual([{ worker: 'w' }])
    expect(listeners()).toBe(before)
    await worker.start()
    await scene.clock.advance(0)
    expect([worker.state, await scene.state(id)]).toEqual(['running', 'finished'])
    await worker.stop()
  },
)

test('a stop between the signal and the start does not take the signal back', async () => {
  const scene = new WorkerScene([job(async () => undefined)])
  const worker = scene.worker().handleSignals()
  process.emit('SIGINT', 'SIGINT')
  await worker.stop()
  await worker.start()
  expect([worker.state, scene.clock.pending]).toEqual(['stopped', 0])
})

import { expect, test } from 'vitest'
import { job, WorkerScene } from '../../test/support/worker-scene.ts'

const work = job(async () => undefined)

/** A worker that hears of nothing and polls once an hour. */
async function patientWorker() {
  const scene = new WorkerScene([work], { silent: true })
  const worker = scene.worker({ pollInterval: '1h' })
  await worker.start()
  await scene.clock.advance(0)
  return { scene, worker }
}

test.each([{ queue: 'default' }, { type: 'work' }])(
  'a pause of $queue$type that ends is noticed when it ends',
  async (thing) => {
    const { scene, worker } = await patientWorker()
    await scene.queue.pause({ ...thing, for: '90s' })
    const id = await scene.dispatch(work, {}, { delay: '1s' })
    await scene.clock.advance(89_999)
    expect(await scene.state(id)).toBe('pending')
    await scene.clock.advance(1)
    expect(await scene.state(id)).toBe('finished')
    await worker.stop()
    expect(scene.clock.pending).toBe(0)
  },
)

test('each of several pauses is noticed, whatever polls come in between', async () => {
  const { scene, worker } = await patientWorker()
  await scene.queue.pause({ queue: 'default', for: '2m' })
  await scene.queue.pause({ type: 'work', for: '3m' })
  await scene.dispatch(work, {}, { delay: '30s' })
  const id = await scene.dispatch(work, {}, { delay: '1s' })
  await scene.clock.advance(179_999)
  expect(await scene.state(id)).toBe('pending')
  await scene.clock.advance(1)
  expect(await scene.state(id)).toBe('finished')
  await worker.stop()
  expect(scene.clock.pending).toBe(0)
})

test('resume wakes the workers of this process at once', async () => {
  const { scene, worker } = await patientWorker()
  await scene.queue.pause({ type: 'work' })
  const id = await scene.dispatch(work, {}, { delay: '1s' })
  await scene.clock.advance(10_000)
  expect(await scene.state(id)).toBe('pending')
  expect(await scene.queue.resume({ type: 'work' })).toBe(true)
  await scene.clock.advance(0)
  expect(await scene.state(id)).toBe('finished')
  await worker.stop()
})

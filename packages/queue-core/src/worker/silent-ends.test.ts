import { expect, test } from 'vitest'
import { job, WorkerScene } from '../../test/support/worker-scene.ts'
import { JobNotFinishedError } from '../errors.ts'

const work = job(async () => undefined)

/** A worker that claimed the job and is gone since, and one that finds out. */
async function crashed(scene: WorkerScene, cancel?: (id: string) => Promise<unknown>) {
  const id = await scene.dispatch(work)
  const claim = { leaseId: '00000000-0000-4000-8000-000000000001', leaseMs: 1_000, worker: 'gone', solo: false }
  await scene.driver.claim({ ...claim, queues: [{ queue: 'default', limit: 1 }], types: ['work'] })
  await cancel?.(id)
  const worker = scene.worker()
  await worker.start()
  await scene.clock.advance(60_000)
  await worker.stop()
  return id
}

test('a job that crashed too often fails for everybody who watches failures, once', async () => {
  const scene = new WorkerScene([{ ...work, maxCrashes: 0 }])
  const jobId = await crashed(scene)
  const facts = { jobId, type: 'work', queue: 'default', attempt: 1, maxAttempts: 10, worker: 'w', durationMs: 0 }
  const error: unknown = expect.objectContaining({ code: 'GPQ_JOB_NOT_FINISHED', jobId, reason: 'crashed' })
  expect(scene.of('job:reaped')).toMatchObject([{ jobId, to: 'failed' }])
  expect(scene.of('job:failed')).toEqual([{ ...facts, reason: 'crashed', error }])
  expect(scene.errors).toEqual([error])
})

test('a crashed job whose cancel was asked is told as cancelled', async () => {
  const scene = new WorkerScene([work])
  const jobId = await crashed(scene, (id) => scene.queue.cancel(id))
  expect(scene.of('job:cancelled')).toMatchObject([{ jobId, attempt: 1, worker: 'w' }])
  expect([scene.of('job:failed'), scene.errors]).toEqual([[], []])
})

test.each([
  ['by a worker that looks for such jobs', 3_600_000],
  ['by the worker that claims it', 0],
])('a job that waited too long, found %s, fails and expires once', async (_how, delay) => {
  const scene = new WorkerScene([work], {
    extend: ({ expiry, ...driver }) => ({ ...driver, ...(delay > 0 && { expiry }) }),
  })
  const expiresAt = new Date(scene.clock.wall() + 1_000)
  const jobId = await scene.dispatch(work, {}, { expiresAt, delay })
  await scene.clock.advance(2_000)
  const worker = scene.worker()
  await worker.start()
  await scene.clock.advance(30_000)
  await worker.stop()
  expect(scene.of('job:expired')).toEqual([{ jobId, type: 'work', queue: 'default' }])
  expect(scene.of('job:failed')).toMatchObject([{ jobId, attempt: delay > 0 ? 0 : 1, reason: 'expired', worker: 'w' }])
  expect(scene.errors.map((error) => JobNotFinishedError.isInstance(error) && error.reason)).toEqual(['expired'])
})

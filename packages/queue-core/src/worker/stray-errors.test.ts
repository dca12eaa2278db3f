import { AsyncLocalStorage } from 'node:async_hooks'
import { expect, test } from 'vitest'
import { gate, job, steppedJob, WorkerScene } from '../../test/support/worker-scene.ts'
import { PermanentError } from '../errors.ts'
import type { AnyJob } from '../job/job.ts'
import { blameOwnerOf } from './stray-errors.ts'

const stray = new Error('nobody waits for me')

/** What the process does when something that was started here throws. */
function strayFrom(): (error: unknown) => boolean {
  const inContext = AsyncLocalStorage.snapshot()
  return (error) => inContext(() => blameOwnerOf(error))
}

/** One job, running; `thrown` is what its handler started. */
async function running(end: Promise<unknown>, options: object = {}) {
  let thrown!: (error: unknown) => boolean
  let signal!: AbortSignal
  const work = job(
    (_payload, context) => {
      thrown = strayFrom()
      signal = context.signal
      return end
    },
    { maxAttempts: 1, ...options },
  )
  const scene = new WorkerScene([work])
  const worker = scene.worker()
  const id = await scene.dispatch(work)
  await worker.start()
  await scene.clock.advance(0)
  const found = async () => (await scene.queue.find(id))!
  return { scene, worker, id, thrown, signal, found }
}

test('outside of every job nobody owns an error', () => {
  expect(blameOwnerOf(stray)).toBe(false)
})

test('the job fails with it, though its handler returns', async () => {
  const end = gate()
  const { scene, thrown, signal, found, worker } = await running(end.promise)
  expect(thrown(stray)).toBe(true)
  expect(signal).toMatchObject({ aborted: true, reason: stray })
  end.resolve()
  await scene.clock.advance(0)
  expect(await found()).toMatchObject({ state: 'failed', reason: 'exhausted', error: { message: stray.message } })
  expect(scene.errors).toEqual([stray])
  await worker.stop()
})

test('a handler that waits for what will never come is told to stop, and is decided after its grace', async () => {
  const { scene, thrown, found, worker, id } = await running(new Promise(() => undefined), { maxAttempts: 2 })
  thrown(stray)
  await scene.clock.advance(60_000)
  expect(await scene.outcomes(id)).toContain('retried')
  expect(scene.of('job:stuck')).not.toEqual([])
  expect((await found()).error).toMatchObject({ message: stray.message })
  await Promise.all([worker.stop({ timeout: 0 }), scene.clock.advance(10_000)])
})

test('counts as an error also where the worker is stopping: given back it would break the next process too', async () => {
  const { scene, thrown, found, worker } = await running(new Promise(() => undefined))
  thrown(stray)
  await Promise.all([worker.stop({ timeout: 0 }), scene.clock.advance(10_000)])
  expect(await found()).toMatchObject({ state: 'failed', error: { message: stray.message } })
})

test.each<[string, unknown]>([
  ['undefined', undefined],
  ['null', null],
  ['a text', 'text'],
])('%s is an error like others', async (_what, error) => {
  const end = gate()
  const { scene, thrown, found, worker } = await running(end.promise)
  thrown(error)
  end.resolve()
  await scene.clock.advance(0)
  expect(await found()).toMatchObject({ state: 'failed', reason: 'exhausted' })
  expect((await found()).error?.message).toMatch(/undefined|null|text/)
  await worker.stop()
})

test('what comes after the decision is a warning that names the job, and reaches the error tracker', async () => {
  const { scene, thrown, found, worker, id } = await running(Promise.resolve())
  expect(thrown(stray)).toBe(true)
  expect((await found()).state).toBe('finished')
  expect(scene.of('warning')).toEqual([expect.objectContaining({ code: 'stray_error', jobId: id })])
  expect(scene.errors).toEqual([stray])
  await worker.stop()
})

test('a permanent error of the handler itself stays permanent, and the first of two stray ones counts', async () => {
  const end = gate()
  const { scene, thrown, found, worker } = await running(end.promise, { maxAttempts: 5 })
  thrown(stray)
  thrown(new Error('later'))
  end.reject(new PermanentError('for good'))
  await scene.clock.advance(0)
  expect(await found()).toMatchObject({ state: 'failed', reason: 'permanent', error: { message: 'for good' } })
  await worker.stop()
})

test('what an aborted handler drops does not hide why it was aborted', async () => {
  const end = gate()
  const { scene, thrown, found, worker } = await running(end.promise, { timeout: '1s' })
  await scene.clock.advance(1_000)
  thrown(new Error('aborted'))
  end.resolve()
  await scene.clock.advance(0)
  expect(await found()).toMatchObject({ state: 'failed', reason: 'timeout' })
  await worker.stop()
})

test('neighbours are not touched', async () => {
  const { work, runs, signals } = steppedJob()
  let thrown!: (error: unknown) => boolean
  const careless = job(async () => void (thrown = strayFrom()), { type: 'careless', maxAttempts: 1 })
  const scene = new WorkerScene([work, careless])
  const worker = scene.worker({ concurrency: 30 })
  const ids = await Promise.all(Array.from({ length: 20 }, () => scene.dispatch(work)))
  await scene.dispatch(careless)
  await worker.start()
  await scene.clock.advance(0)
  thrown(stray)
  runs.forEach((run) => run.resolve(undefined))
  await scene.clock.advance(0)
  expect(new Set(await Promise.all(ids.map((id) => scene.state(id))))).toEqual(new Set(['finished']))
  expect(signals.some(({ aborted }) => aborted)).toBe(false)
  await worker.stop()
})

test('of a batch every job that is not decided fails: it may have been for any of them', async () => {
  let thrown!: (error: unknown) => boolean
  const end = gate()
  const many = {
    type: 'many',
    maxAttempts: 1,
    batch: { max: 3 },
    async handleMany(jobs: readonly { finish(): void }[]) {
      thrown = strayFrom()
      jobs[0]?.finish()
      await end.promise
    },
  }
  const scene = new WorkerScene([many as unknown as AnyJob])
  const worker = scene.worker()
  const ids = (await scene.queue.dispatchMany(many as never, [{}, {}, {}] as never)).map(({ id }) => id)
  await worker.start()
  await scene.clock.advance(0)
  thrown(stray)
  end.resolve()
  await scene.clock.advance(0)
  const states = await Promise.all(ids.map((id) => scene.state(id)))
  expect(states.sort()).toEqual(['failed', 'failed', 'finished'])
  await worker.stop()
})

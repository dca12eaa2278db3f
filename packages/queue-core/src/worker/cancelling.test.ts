import { describe, expect, test } from 'vitest'
import { settled } from '../../test/support/fake-clock.ts'
import { steppedJob, WorkerScene, type SceneOptions } from '../../test/support/worker-scene.ts'
import { PermanentError } from '../errors.ts'

/** Counts what it takes to hear of a cancel. */
function scene(work: ReturnType<typeof steppedJob>['work'], options: SceneOptions = {}) {
  const scene = new WorkerScene([work], options)
  const extensions: number[] = []
  scene.faults.before = (verb) => (verb === 'extend' ? extensions.push(scene.clock.monotonic()) : undefined)
  return { scene, extensions }
}

describe('cancelling a running job', () => {
  test('aborts its signal at once in the process that asked; it ends as cancelled', async () => {
    const { work, runs, signals } = steppedJob()
    const { scene: own } = scene(work, { silent: true })
    const worker = own.worker()
    await worker.start()
    const id = await own.dispatch(work)
    await own.clock.advance(1_000)
    expect(await own.queue.cancel(id, { reason: 'changed my mind' })).toBe('requested')
    await own.clock.advance(0)
    expect(signals[0]?.reason).toMatchObject({ code: 'GPQ_ABORTED', reason: 'cancelled' })
    runs[0]?.reject(new Error('aborted'))
    await own.clock.advance(0)
    expect(await own.queue.find(id)).toMatchObject({ state: 'cancelled', reason: 'changed my mind' })
    expect(own.of('job:cancelled')).toMatchObject([{ jobId: id, worker: 'w', reason: 'changed my mind' }])
    expect(own.errors).toEqual([])
    await worker.stop()
    expect(own.clock.pending).toBe(0)
  })

  test.each([
    { what: 'at once in another process that is told', silent: false, withinMs: 0 },
    { what: 'with the next extension in one that is not', silent: true, withinMs: 9_000 },
  ])('aborts its signal $what', async ({ silent, withinMs }) => {
    const { work, runs, signals } = steppedJob()
    const { scene: own } = scene(work, { silent })
    const other = new WorkerScene([work], { clock: own.clock, database: own.database, seed: 2 })
    const worker = own.worker()
    await own.dispatch(work)
    await worker.start()
    await own.clock.advance(1_000)
    await other.queue.cancel(await only(other))
    if (withinMs > 0) await own.clock.advance(withinMs - 1)
    expect(signals[0]?.aborted).toBe(false)
    await own.clock.advance(withinMs > 0 ? 1 : 0)
    expect(signals[0]?.reason).toMatchObject({ reason: 'cancelled' })
    runs[0]?.resolve(1)
    await worker.stop()
    expect(own.clock.pending).toBe(0)
  })

  test('costs one extension for many that come together, and no more than one in 50 ms', async () => {
    const { work, runs, signals } = steppedJob()
    const { scene: own, extensions } = scene(work)
    const worker = own.worker({ concurrency: 20 })
    const ids = await Promise.all(Array.from({ length: 20 }, () => own.dispatch(work)))
    await worker.start()
    await own.clock.advance(1_000)
    for (const id of ids.slice(0, 10)) await own.queue.cancel(id)
    await own.clock.advance(0)
    for (const id of ids.slice(10)) {
      await own.queue.cancel(id)
      await own.clock.advance(1)
    }
    await own.clock.advance(200)
    expect(extensions).toEqual([1_000, 1_050])
    expect(signals.every(({ aborted }) => aborted)).toBe(true)
    for (const run of runs) run.resolve(1)
    await worker.stop()
    expect(own.clock.pending).toBe(0)
  })

  test('is heard by a worker that is stopping', async () => {
    const { work, runs, signals } = steppedJob()
    const { scene: own } = scene(work)
    const worker = own.worker()
    const id = await own.dispatch(work)
    await worker.start()
    await own.clock.advance(1_000)
    const stopped = worker.stop({ timeout: '1m' })
    await own.queue.cancel(id)
    await own.clock.advance(0)
    expect(signals[0]?.reason).toMatchObject({ reason: 'cancelled' })
    runs[0]?.resolve(1)
    await stopped
    expect(own.clock.pending).toBe(0)
  })

  test('asks storage nothing where nothing is held', async () => {
    const { work, runs } = steppedJob()
    const { scene: own, extensions } = scene(work)
    const other = new WorkerScene([work], { clock: own.clock, database: own.database, seed: 2 })
    const [idle, busy] = [own.worker({ name: 'idle' }), other.worker({ name: 'busy' })]
    const id = await other.dispatch(work)
    await busy.start()
    await own.clock.advance(0)
    await idle.start()
    await own.queue.cancel(id)
    await own.clock.advance(5_000)
    expect(extensions).toEqual([])
    runs[0]?.resolve(1)
    await Promise.all([idle.stop(), busy.stop()])
    expect(own.clock.pending).toBe(0)
  })

  test('says no reason that it does not know, and no reason of another end', async () => {
    const { work, runs } = steppedJob()
    const { scene: own } = scene(work)
    const other = new WorkerScene([work], { clock: own.clock, database: own.database, seed: 2 })
    const worker = own.worker()
    await own.dispatch(work)
    await worker.start()
    await own.clock.advance(1_000)
    await other.queue.cancel(await only(other), { reason: 'elsewhere' })
    runs[0]?.reject(new PermanentError('no such address'))
    await own.clock.advance(0)
    expect(own.of('job:cancelled')).toMatchObject([{ worker: 'w', reason: undefined }])
    await worker.stop()
  })

  test('wins over a result that comes before the signal', async () => {
    const { work, runs } = steppedJob()
    const { scene: own } = scene(work)
    const worker = own.worker()
    await worker.start()
    const id = await own.dispatch(work)
    await own.clock.advance(1_000)
    await own.queue.cancel(id)
    runs[0]?.resolve('too late')
    await own.clock.advance(0)
    expect(await own.state(id)).toBe('cancelled')
    expect(own.of('job:finished')).toEqual([])
    await worker.stop()
  })

  test('leaves what was claimed ahead where it is; one of those that is cancelled ends without a run', async () => {
    const { work, runs } = steppedJob()
    const { scene: own } = scene(work)
    const worker = own.worker({ concurrency: 1, prefetch: 2 })
    const [first, second, third] = [await own.dispatch(work), await own.dispatch(work), await own.dispatch(work)]
    await worker.start()
    await settled()
    expect(await own.state(third)).toBe('running')
    await own.queue.cancel(second)
    await own.clock.advance(0)
    expect(await own.state(second)).toBe('cancelled')
    expect(await own.state(third)).toBe('running')
    for (const run of [0, 1]) {
      await own.clock.until(() => runs.length > run)
      runs[run]?.resolve(1)
    }
    await own.clock.advance(0)
    await worker.stop()
    expect([await own.state(first), await own.state(third)]).toEqual(['finished', 'finished'])
    expect(own.of('job:released')).toEqual([])
    expect(runs).toHaveLength(2)
  })
})

async function only({ queue }: WorkerScene): Promise<string> {
  return (await queue.list()).jobs[0]!.id
}

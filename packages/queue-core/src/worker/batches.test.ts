import { describe, expect, test } from 'vitest'
import { gate, WorkerScene } from '../../test/support/worker-scene.ts'
import { defineJob } from '../define-job.ts'
import { PermanentError } from '../errors.ts'
import type { BatchContext, BatchJob, BatchOptions } from '../job/batch.ts'
import type { AnyJob } from '../job/job.ts'
import type { JobDefaults } from '../job/job-options.ts'

interface Item {
  readonly n: number
}
type HandleMany = (jobs: readonly BatchJob<Item>[], context: BatchContext) => unknown

function many(handleMany: HandleMany, options: JobDefaults & { batch?: BatchOptions; payload?: never } = {}): AnyJob {
  return defineJob({ type: 'many', retryAfter: '1s', ...options, handleMany: handleMany as never }) as AnyJob
}

async function dispatched(scene: WorkerScene, work: AnyJob, count: number): Promise<string[]> {
  const payloads = Array.from({ length: count }, (_, n) => ({ n }))
  return (await scene.queue.dispatchMany(work, payloads as never[])).map(({ id }) => id)
}

/** Drains on a clock that moves only for the wait of the last batches. */
async function drained(scene: WorkerScene, concurrency = 100): Promise<number> {
  const running = scene.worker({ concurrency }).drain()
  let jobs: number | undefined
  void running.then((count) => (jobs = count))
  await scene.clock.until(() => jobs !== undefined)
  return running
}

test('jobs are handled together, up to the maximum, and each has its own result', async () => {
  const sizes: number[] = []
  const work = many(
    async (jobs) => {
      sizes.push(jobs.length)
      return jobs.map(({ payload }) => payload.n * 2)
    },
    { batch: { max: 10 } },
  )
  const scene = new WorkerScene([work])
  const ids = await dispatched(scene, work, 25)
  expect(await drained(scene)).toBe(25)
  expect(sizes).toEqual([10, 10, 5])
  const jobs = await Promise.all(ids.map((id) => scene.queue.find(id)))
  expect(jobs.map((found) => found?.result)).toEqual(ids.map((_, n) => n * 2))
  expect([scene.database.audit(), scene.clock.pending]).toEqual([[], 0])
})

test('each job of a batch has its own meta', async () => {
  const metas: unknown[] = []
  const work = many(async (jobs) => void metas.push(...jobs.map(({ meta }) => meta)))
  const scene = new WorkerScene([work])
  await scene.dispatch(work, { n: 1 }, { meta: { tenant: 'a' } })
  await scene.dispatch(work, { n: 2 })
  await drained(scene)
  expect(metas).toEqual([{ tenant: 'a' }, {}])
})

test('the first job of a batch waits for others, but not for longer than it says', async () => {
  const sizes: number[] = []
  const work = many(async (jobs) => void sizes.push(jobs.length), { batch: { max: 10, wait: '200ms' } })
  const scene = new WorkerScene([work])
  const worker = scene.worker()
  await worker.start()
  for (let n = 0; n < 3; n += 1) {
    await scene.dispatch(work, { n })
    await scene.clock.advance(60)
  }
  await scene.clock.advance(19)
  expect(sizes).toEqual([])
  await scene.clock.advance(1)
  expect(sizes).toEqual([3])
  await worker.stop()
  expect(scene.clock.pending).toBe(0)
})

test('a batch takes a slot for each job: one that fills the worker is called at once', async () => {
  const sizes: number[] = []
  const work = many(async (jobs) => void sizes.push(jobs.length), { batch: { max: 100, wait: '1m' } })
  const scene = new WorkerScene([work])
  await dispatched(scene, work, 8)
  const worker = scene.worker({ concurrency: 4 })
  await worker.start()
  await scene.clock.advance(0)
  expect(sizes).toEqual([4, 4])
  await worker.stop()
})

describe('each job is settled on its own', () => {
  test('by what is said of it, whatever is returned', async () => {
    const work = many(
      async (jobs) => {
        jobs[0]!.fail(new PermanentError('bad'))
        jobs[1]!.snooze('5s')
        jobs[2]!.cancel('enough')
        jobs[3]!.finish('mine')
        jobs[3]!.fail(new Error('too late'))
        jobs[4]!.progress(50)
        jobs[4]!.log('kept')
        return [0, 1, 2, 3, 4, new Error('also bad'), jobs[6]!.snooze('5s')]
      },
      { maxAttempts: 1 },
    )
    const scene = new WorkerScene([work])
    const ids = await dispatched(scene, work, 7)
    const worker = scene.worker({ concurrency: 7 })
    await worker.start()
    await scene.clock.advance(0)
    const jobs = await Promise.all(ids.map((id) => scene.queue.find(id)))
    expect(jobs.map((found) => [found?.state, found?.reason ?? found?.result])).toEqual([
      ['failed', 'permanent'],
      ['pending', undefined],
      ['cancelled', 'enough'],
      ['finished', 'mine'],
      ['finished', 4],
      ['failed', 'exhausted'],
      ['pending', undefined],
    ])
    expect(await scene.driver.reports!.lines({ id: ids[4]!, after: 0, limit: 10 })).toMatchObject([{ message: 'kept' }])
    expect(scene.of('warning')).toEqual([])
    await worker.stop()
  })

  test('by id, where a map is returned', async () => {
    const work = many(async (jobs) => new Map([[jobs[1]!.id, 'second']]))
    const scene = new WorkerScene([work])
    const ids = await dispatched(scene, work, 2)
    await drained(scene)
    const jobs = await Promise.all(ids.map((id) => scene.queue.find(id)))
    expect(jobs.map((found) => [found?.state, found?.result])).toEqual([
      ['finished', undefined],
      ['finished', 'second'],
    ])
  })

  test.each<[string, HandleMany]>([
    ['throws', () => Promise.reject(new Error('down'))],
    ['returns too few results', async () => [1]],
    ['returns something else', async () => 'done'],
  ])('a call that %s retries those that have no outcome of their own', async (_name, rest) => {
    const work = many((jobs, context) => {
      if (jobs[0]!.attempt > 1) return jobs.map(() => 'again')
      jobs[0]!.finish('first')
      return rest(jobs, context)
    })
    const scene = new WorkerScene([work])
    const ids = await dispatched(scene, work, 3)
    const worker = scene.worker({ concurrency: 3 })
    await worker.start()
    await scene.clock.advance(2_000)
    expect(await Promise.all(ids.map((id) => scene.outcomes(id)))).toEqual([
      ['finished'],
      ['retried', 'finished'],
      ['retried', 'finished'],
    ])
    await worker.stop()
    expect(scene.clock.pending).toBe(0)
  })

  test('an invalid payload never comes into a batch', async () => {
    let seen: unknown[] = []
    const validate = (value: unknown) =>
      (value as Item).n === 1 && strict ? { issues: [{ message: 'bad' }] } : { value }
    let strict = false
    const payload = { '~standard': { version: 1, vendor: 'test', validate } } as never
    const work = many(async (jobs) => void (seen = jobs.map((one) => one.payload.n)), { payload })
    const scene = new WorkerScene([work])
    const ids = await dispatched(scene, work, 3)
    strict = true
    await drained(scene)
    expect(seen).toEqual([0, 2])
    expect(await scene.queue.find(ids[1]!)).toMatchObject({ state: 'failed', reason: 'invalid_payload' })
  })
})

test('one cancelled job has its signal aborted, the batch when all have', async () => {
  const end = gate()
  let jobs: readonly BatchJob<Item>[] = []
  let context!: BatchContext
  const work = many(async (given, about) => {
    jobs = given
    context = about
    await end.promise
  })
  const scene = new WorkerScene([work])
  const ids = await dispatched(scene, work, 2)
  const worker = scene.worker({ concurrency: 2 })
  await worker.start()
  await scene.clock.advance(0)
  const aborted = (): boolean[] => [...jobs.map(({ signal }) => signal.aborted), context.signal.aborted]
  expect(aborted()).toEqual([false, false, false])
  await scene.queue.cancel(ids[0]!)
  await scene.clock.advance(10_000)
  expect(aborted()).toEqual([true, false, false])
  await scene.queue.cancel(ids[1]!)
  await scene.clock.advance(10_000)
  expect(aborted()).toEqual([true, true, true])
  end.resolve()
  await worker.stop()
  expect(await Promise.all(ids.map((id) => scene.state(id)))).toEqual(['cancelled', 'cancelled'])
})

test('the timeout covers the call', async () => {
  const end = gate()
  const work = many(() => end.promise, { timeout: '2s', maxAttempts: 1 })
  const scene = new WorkerScene([work])
  const [id] = await dispatched(scene, work, 2)
  const worker = scene.worker({ concurrency: 2 })
  await worker.start()
  await scene.clock.advance(7_000)
  expect(await scene.queue.find(id!)).toMatchObject({ state: 'failed', reason: 'timeout' })
  expect(scene.of('job:stuck')).toHaveLength(2)
  end.resolve()
  await scene.clock.advance(0)
  await worker.stop()
  expect(scene.clock.pending).toBe(0)
})

test('stopping lets a batch be called, waits for the rest of the call, and gives back what does not end', async () => {
  const rest = gate()
  const work = many(async (jobs) => {
    for (const one of jobs) one.finish()
    await rest.promise
  })
  const scene = new WorkerScene([work])
  const ids = await dispatched(scene, work, 3)
  const worker = scene.worker({ concurrency: 10, stopTimeout: '10s' })
  await worker.start()
  await scene.clock.advance(0)
  let isStopped = false
  void worker.stop().then(() => (isStopped = true))
  await scene.clock.advance(9_999)
  expect(await Promise.all(ids.map((id) => scene.state(id)))).toEqual(['finished', 'finished', 'finished'])
  expect(isStopped).toBe(false)
  await scene.clock.advance(1)
  expect(isStopped).toBe(true)
  rest.resolve()
  await scene.clock.advance(0)
  expect(scene.clock.pending).toBe(0)
})

test('a worker that must stop at once gives back what is still being collected', async () => {
  const work = many(async () => undefined, { batch: { wait: '1m' } })
  const scene = new WorkerScene([work])
  const ids = await dispatched(scene, work, 2)
  const worker = scene.worker()
  await worker.start()
  await scene.clock.advance(100)
  let isStopped = false
  void worker.stop({ timeout: 0 }).then(() => (isStopped = true))
  await scene.clock.advance(1_000)
  expect(isStopped).toBe(true)
  expect(await Promise.all(ids.map((id) => scene.outcomes(id)))).toEqual([['released'], ['released']])
  expect(scene.clock.pending).toBe(0)
})

import { describe, expect, test } from 'vitest'
import { gate, job, WorkerScene } from '../../test/support/worker-scene.ts'
import { PermanentError } from '../errors.ts'
import { constant } from '../job/retry-policy.ts'

describe('a worker', () => {
  test('runs a dispatched job to its end and keeps its result', async () => {
    const work = job(async (payload) => ({ doubled: (payload as { n: number }).n * 2 }))
    const scene = new WorkerScene([work])
    const worker = scene.worker()
    await worker.start()
    const id = await scene.dispatch(work, { n: 21 })
    await scene.clock.advance(0)
    expect(await scene.queue.find(id)).toMatchObject({ state: 'finished', result: { doubled: 42 }, attempt: 1 })
    expect(scene.of('job:finished')).toMatchObject([{ jobId: id, attempt: 1, worker: 'w', result: { doubled: 42 } }])
    await worker.stop()
    expect(scene.clock.pending).toBe(0)
  })

  test('retries after the delay of the policy, then fails as exhausted', async () => {
    const work = job(() => Promise.reject(new Error('no')), { maxAttempts: 3, retryAfter: constant('10s') })
    const scene = new WorkerScene([work])
    const worker = scene.worker()
    await worker.start()
    const id = await scene.dispatch(work)
    await scene.clock.advance(9_999)
    expect(await scene.outcomes(id)).toEqual(['retried'])
    await scene.clock.advance(1)
    expect(await scene.outcomes(id)).toEqual(['retried', 'retried'])
    await scene.clock.advance(10_000)
    expect(await scene.queue.find(id)).toMatchObject({ state: 'failed', reason: 'exhausted', attempt: 3 })
    expect(scene.of('job:failed')).toMatchObject([{ jobId: id, reason: 'exhausted', attempt: 3 }])
    expect(scene.errors).toHaveLength(3)
    await worker.stop()
    expect(scene.clock.pending).toBe(0)
  })

  test('never retries a permanent error, an invalid payload or an expired job', async () => {
    const started: string[] = []
    let strict = false
    const validate = (value: unknown) => (strict ? { issues: [{ message: 'bad' }] } : { value })
    const schema = { '~standard': { version: 1, vendor: 'test', validate } }
    const permanent = job(() => {
      started.push('permanent')
      throw new PermanentError('never')
    })
    const invalid = { type: 'invalid', schema, handle: async () => void started.push('invalid') } as never
    const late = job(async () => void started.push('late'), { type: 'late' })
    const scene = new WorkerScene([permanent, invalid, late])
    const ids = [
      await scene.dispatch(permanent),
      await scene.dispatch(invalid),
      await scene.dispatch(late, {}, { expiresAt: new Date(scene.clock.wall() + 1_000) }),
    ]
    strict = true
    await scene.clock.advance(2_000)
    expect(await scene.worker().drain()).toBe(2)
    const jobs = await Promise.all(ids.map((id) => scene.queue.find(id)))
    expect(jobs.map((found) => [found?.state, found?.reason])).toEqual([
      ['failed', 'permanent'],
      ['failed', 'invalid_payload'],
      ['failed', 'expired'],
    ])
    expect(started).toEqual(['permanent'])
    expect(scene.clock.pending).toBe(0)
  })

  test('runs a delayed job exactly when it is due, between two polls', async () => {
    const work = job(async () => undefined)
    const scene = new WorkerScene([work])
    const worker = scene.worker({ pollInterval: '10s' })
    const id = await scene.dispatch(work, {}, { delay: 12_345 })
    await worker.start()
    await scene.clock.advance(12_344)
    expect(await scene.state(id)).toBe('pending')
    await scene.clock.advance(1)
    expect(await scene.state(id)).toBe('finished')
    await worker.stop()
  })

  test.each(['delay', 'availableAt'])(
    'an idle worker knows of a job that its process dispatched with %s',
    async (option) => {
      const work = job(async () => undefined)
      const scene = new WorkerScene([work])
      const worker = scene.worker({ pollInterval: '1h' })
      await worker.start()
      await scene.clock.advance(5_000)
      const value = option === 'delay' ? 300 : new Date(scene.clock.wall() + 300)
      const id = await scene.dispatch(work, {}, { [option]: value })
      await scene.clock.advance(299)
      expect(await scene.state(id)).toBe('pending')
      await scene.clock.advance(1)
      expect(await scene.state(id)).toBe('finished')
      await worker.stop()
    },
  )

  test('never runs more at once than its concurrency, and uses all of it', async () => {
    let running = 0
    let most = 0
    const ends: (() => void)[] = []
    const work = job(async () => {
      most = Math.max(most, (running += 1))
      await new Promise<void>((resolve) => ends.push(resolve))
      running -= 1
    })
    const scene = new WorkerScene([work])
    await scene.queue.dispatchMany(work, Array.from({ length: 50 }, () => ({})) as never[])
    const worker = scene.worker({ concurrency: 7 })
    await worker.start()
    for (let ended = 0; ended < 50; ended += 1) {
      await scene.clock.advance(0)
      expect(running).toBe(Math.min(7, 50 - ended))
      ends.shift()?.()
    }
    await scene.clock.advance(0)
    expect(most).toBe(7)
    expect(scene.of('job:finished')).toHaveLength(50)
    await worker.stop()
    expect(scene.clock.pending).toBe(0)
  })

  test('still looks at a quiet queue while another keeps it busy without a pause', async () => {
    const busy = job(() => new Promise((resolve) => scene.clock.setTimer(100, () => resolve(undefined))), {
      queue: 'busy',
    })
    const quiet = job(async () => undefined, { type: 'quiet', queue: 'quiet' })
    const scene: WorkerScene = new WorkerScene([busy, quiet], { silent: true })
    await scene.queue.dispatchMany(busy, Array.from({ length: 500 }, () => ({})) as never[])
    const worker = scene.worker({ concurrency: 2 })
    await worker.start()
    await scene.dispatch(quiet, {}, { delay: '1d' })
    await scene.clock.advance(5_000)
    const id = await scene.dispatch(quiet)
    await scene.clock.advance(1_300)
    expect(await scene.state(id)).toBe('finished')
    const stopped = worker.stop()
    await scene.clock.advance(100)
    await stopped
    expect(scene.clock.pending).toBe(0)
  })

  test('has at most one claim under way, and asks again for what was said meanwhile', async () => {
    const work = job(async () => undefined)
    const scene: WorkerScene = new WorkerScene([work])
    let claims = 0
    let underWay = 0
    let most = 0
    scene.faults.before = (verb) => {
      if (verb !== 'claim') return undefined
      claims += 1
      most = Math.max(most, (underWay += 1))
      return new Promise<void>((resolve) => scene.clock.setTimer(100, resolve))
    }
    scene.faults.after = (verb) => (verb === 'claim' ? (underWay -= 1) : undefined)
    const worker = scene.worker({ pollInterval: '1h' })
    await worker.start()
    for (let n = 0; n < 20; n += 1) {
      await scene.dispatch(work)
      await scene.clock.advance(20)
    }
    await scene.clock.advance(1_000)
    expect(scene.of('job:finished')).toHaveLength(20)
    expect(most).toBe(1)
    expect(claims).toBeLessThan(10)
    await worker.stop()
    expect(scene.clock.pending).toBe(0)
  })

  test('snoozes and cancels by choice, also when the choice is not returned', async () => {
    let runs = 0
    const work = job(async (_payload, context) => {
      runs += 1
      if (runs === 1) return context.snooze('5s', 'later')
      if (runs === 2) context.snooze('5s')
      return runs === 3 ? context.cancel('enough') : undefined
    })
    const scene = new WorkerScene([work])
    const worker = scene.worker()
    await worker.start()
    const id = await scene.dispatch(work)
    await scene.clock.advance(5_000)
    expect(await scene.outcomes(id)).toEqual(['snoozed', 'snoozed'])
    expect(scene.of('warning')).toMatchObject([{ code: 'outcome_not_returned', jobId: id }])
    await scene.clock.advance(5_000)
    expect(await scene.queue.find(id)).toMatchObject({ state: 'cancelled', reason: 'enough', attempt: 1 })
    await worker.stop()
  })

  test('gives its handler what the context promises, also taken apart', async () => {
    const child = job(async () => undefined, { type: 'child' })
    const work = job(
      async (_payload, { jobId, attempt, maxAttempts, queue, type, signal, progress, dispatch, complete }) => {
        progress(250)
        progress(Number.NaN)
        const { id } = await dispatch(child, {})
        const refusal = await complete(async () => 1).catch((error: unknown) => (error as { code: string }).code)
        return { jobId, attempt, maxAttempts, queue, type, aborted: signal.aborted, child: id, refusal }
      },
    )
    const scene = new WorkerScene([work, child])
    const id = await scene.dispatch(work)
    expect(await scene.worker().drain()).toBe(2)
    const found = await scene.queue.find(id)
    expect(found?.result).toMatchObject({ jobId: id, attempt: 1, maxAttempts: 10, queue: 'default', type: 'work' })
    expect(found?.result).toMatchObject({ aborted: false, refusal: 'GPQ_UNSUPPORTED' })
    expect(await scene.state((found?.result as { child: string }).child)).toBe('finished')
    expect(scene.of('job:progress')).toMatchObject([{ jobId: id, percent: 100 }])
  })
})

describe('timeouts', () => {
  test('abort the signal with the reason and are retried by the policy, whatever the handler then returns', async () => {
    const reasons: unknown[] = []
    const work = job(
      (_payload, { signal }) =>
        new Promise((resolve) => signal.addEventListener('abort', () => resolve(reasons.push(signal.reason)))),
      { timeout: '2s', maxAttempts: 2, retryAfter: 0 },
    )
    const scene = new WorkerScene([work])
    const worker = scene.worker()
    await worker.start()
    const id = await scene.dispatch(work)
    await scene.clock.advance(1_999)
    expect(reasons).toEqual([])
    await scene.clock.advance(1)
    expect(reasons).toMatchObject([{ code: 'GPQ_TIMEOUT', timeoutMs: 2_000 }])
    await scene.clock.advance(2_000)
    expect(await scene.queue.find(id)).toMatchObject({ state: 'failed', reason: 'timeout' })
    await worker.stop()
    expect(scene.clock.pending).toBe(0)
  })

  test('a handler that ignores its signal is called stuck, loses its say, and keeps its slot', async () => {
    const first = gate<string>()
    let runs = 0
    const work = job(() => ((runs += 1) === 1 ? first.promise : Promise.resolve('second')), {
      timeout: '2s',
      retryAfter: 0,
    })
    const scene = new WorkerScene([work])
    const worker = scene.worker({ concurrency: 1 })
    await worker.start()
    const id = await scene.dispatch(work)
    await scene.clock.advance(7_000)
    expect(scene.of('job:stuck')).toMatchObject([{ jobId: id, sinceMs: 5_000 }])
    expect(await scene.outcomes(id)).toEqual(['retried'])
    await scene.clock.advance(60_000)
    expect(runs).toBe(1)
    first.resolve('first')
    await scene.clock.advance(1_000)
    expect(await scene.queue.find(id)).toMatchObject({ state: 'finished', result: 'second' })
    await worker.stop()
    expect(scene.clock.pending).toBe(0)
  })
})

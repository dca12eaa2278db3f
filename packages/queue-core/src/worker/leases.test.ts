import { describe, expect, test } from 'vitest'
import { gate, job, steppedJob, WorkerScene } from '../../test/support/worker-scene.ts'
import type { SettleRequest } from '../driver/storage-driver.ts'
import { StorageError } from '../errors.ts'

const down = (): never => {
  throw new StorageError('connection', 'down')
}

describe('a lease', () => {
  test('is extended every third of it for as long as the job runs, and no longer', async () => {
    const { work, runs } = steppedJob()
    const scene = new WorkerScene([work])
    let extensions = 0
    scene.faults.before = (verb) => (verb === 'extend' ? (extensions += 1) : undefined)
    const worker = scene.worker()
    await worker.start()
    const id = await scene.dispatch(work)
    await scene.clock.advance(100_000)
    expect(extensions).toBe(10)
    expect(await scene.state(id)).toBe('running')
    runs[0]?.resolve(1)
    await scene.clock.advance(100_000)
    expect(extensions).toBe(10)
    expect(await scene.queue.find(id)).toMatchObject({ state: 'finished', crashes: 0 })
    await worker.stop()
    expect(scene.clock.pending).toBe(0)
  })

  test('that is lost while the job runs aborts it; the second claim runs while the first settles', async () => {
    const { work, runs, signals } = steppedJob()
    const lone = new WorkerScene([work])
    const other = new WorkerScene([work], { clock: lone.clock, database: lone.database, seed: 2 })
    const first = lone.worker({ name: 'first' })
    await first.start()
    const id = await lone.dispatch(work)
    await lone.clock.advance(0)
    lone.faults.before = down
    const second = other.worker({ name: 'second' })
    await second.start()
    await lone.clock.until(() => runs.length === 2, 120_000)

    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false])
    expect(signals[0]?.reason).toMatchObject({ code: 'GPQ_ABORTED', reason: 'lease_lost' })
    lone.faults.before = () => undefined
    runs[0]?.resolve('stale')
    await lone.clock.advance(20_000)
    expect(lone.of('job:lost')).toMatchObject([{ jobId: id, worker: 'first' }])
    expect(await lone.state(id)).toBe('running')
    runs[1]?.resolve('fresh')
    await lone.clock.advance(0)
    expect(await lone.queue.find(id)).toMatchObject({ state: 'finished', result: 'fresh' })
    expect(await lone.outcomes(id)).toEqual(['crashed', 'finished'])
    await Promise.all([first.stop(), second.stop()])
    expect(lone.clock.pending).toBe(0)
    expect(lone.database.audit()).toEqual([])
  })

  test('that was taken away early is noticed by the next extension; what the handler returns is dropped', async () => {
    const { work, runs, signals } = steppedJob()
    const scene = new WorkerScene([work])
    const settled: number[] = []
    scene.faults.before = (verb, request: SettleRequest) => {
      if (verb === 'settle') settled.push(request.settlements.length)
    }
    const worker = scene.worker({ concurrency: 1, prefetch: 1 })
    const running = await scene.dispatch(work)
    const waiting = await scene.dispatch(work)
    await worker.start()
    await scene.clock.advance(0)
    const now = scene.clock.wall() + 60_000
    const { expired } = await scene.driver.reap({ confirmed: [], now })
    await scene.driver.reap({ confirmed: expired, now })
    await scene.clock.advance(10_000)
    expect(signals[0]?.reason).toMatchObject({ code: 'GPQ_ABORTED', reason: 'lease_lost' })
    expect(scene.of('job:lost').map(({ jobId }) => jobId)).toContain(running)
    settled.length = 0
    await scene.clock.advance(5_000)
    expect(scene.of('job:stuck')).toMatchObject([{ jobId: running, sinceMs: 5_000 }])
    runs[0]?.resolve('stale')
    await scene.clock.advance(0)
    expect(settled).toEqual([])
    // Both run again, alone and one after the other, because nobody knows which of them took the worker down.
    await scene.clock.until(() => runs.length === 2)
    runs[1]?.resolve('fresh')
    await scene.clock.until(() => runs.length === 3)
    runs[2]?.resolve('fresh')
    await worker.stop()
    const jobs = await Promise.all([running, waiting].map((id) => scene.queue.find(id)))
    expect(jobs).toMatchObject([{ result: 'fresh' }, { result: 'fresh' }])
    expect(scene.clock.pending).toBe(0)
  })

  test('that cannot be extended is given up before its end, and nothing is claimed until storage answers', async () => {
    const { work, runs, signals } = steppedJob()
    const scene = new WorkerScene([work])
    const worker = scene.worker()
    await worker.start()
    await scene.dispatch(work)
    await scene.clock.advance(0)
    const calls: string[] = []
    scene.faults.before = (verb) => {
      calls.push(verb)
      if (verb === 'extend') down()
    }
    await scene.clock.advance(27_999)
    expect(signals[0]?.aborted).toBe(false)
    await scene.clock.advance(1)
    expect(signals[0]?.reason).toMatchObject({ reason: 'lease_lost' })
    calls.length = 0
    await scene.dispatch(work)
    await scene.clock.advance(5_000)
    expect(calls).not.toContain('claim')
    expect(calls).toContain('extend')
    scene.faults.before = () => undefined
    await scene.clock.advance(5_000)
    expect(runs).toHaveLength(2)
    for (const run of runs) run.resolve(1)
    await worker.stop()
    expect(scene.of('job:finished')).toHaveLength(2)
    expect(scene.clock.pending).toBe(0)
  })

  test('counts as given up after a stall, before anything else goes on', async () => {
    const { work, runs, signals } = steppedJob()
    const scene = new WorkerScene([work])
    const worker = scene.worker()
    await worker.start()
    const id = await scene.dispatch(work)
    await scene.clock.advance(0)
    await scene.clock.stall(90_000)
    expect(signals[0]?.reason).toMatchObject({ reason: 'lease_lost' })
    // Nobody had taken it away: the extension after the stall stands, and what the handler returns counts.
    runs[0]?.resolve('late')
    await scene.clock.advance(0)
    expect(await scene.queue.find(id)).toMatchObject({ state: 'finished', result: 'late' })
    await worker.stop()
  })

  test('whose claim was answered too late starts nothing: its jobs are given back', async () => {
    const { work, runs } = steppedJob()
    const scene = new WorkerScene([work])
    const answer = gate()
    scene.faults.after = (verb) => (verb === 'claim' ? answer.promise : undefined)
    const id = await scene.dispatch(work)
    const worker = scene.worker()
    await worker.start()
    await scene.clock.advance(28_000)
    scene.faults.after = () => undefined
    answer.resolve()
    await scene.clock.until(() => runs.length === 1)
    expect(await scene.queue.find(id, { history: true })).toMatchObject({
      attempt: 1,
      history: [{ outcome: 'released' }],
    })
    runs[0]?.resolve(1)
    await worker.stop()
    expect(scene.clock.pending).toBe(0)
  })

  test('of a claim whose reply was lost is never extended: its jobs crash once and run again', async () => {
    const work = job(async () => 'done')
    const scene = new WorkerScene([work])
    let lost = 0
    scene.faults.after = (verb, reply: { jobs: unknown[] }) => {
      if (verb === 'claim' && reply.jobs.length > 0 && (lost += 1) === 1) down()
    }
    const worker = scene.worker()
    await worker.start()
    const id = await scene.dispatch(work)
    await scene.clock.advance(29_000)
    expect(await scene.state(id)).toBe('running')
    await scene.clock.advance(31_000)
    expect(await scene.queue.find(id)).toMatchObject({ state: 'finished', attempt: 1 })
    expect(await scene.outcomes(id)).toEqual(['crashed', 'finished'])
    expect(scene.of('job:reaped')).toMatchObject([{ jobId: id, crashes: 1, to: 'pending' }])
    await worker.stop()
    expect(scene.clock.pending).toBe(0)
  })
})

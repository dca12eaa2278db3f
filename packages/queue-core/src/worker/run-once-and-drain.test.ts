import { expect, test } from 'vitest'
import { gate, job, WorkerScene } from '../../test/support/worker-scene.ts'

test('runOnce claims once and runs what came', async () => {
  const work = job(async () => undefined)
  const scene = new WorkerScene([work])
  await scene.queue.dispatchMany(work, [{}, {}, {}] as never[])
  const worker = scene.worker({ concurrency: 2 })
  expect([await worker.runOnce(), await worker.runOnce(), await worker.runOnce()]).toEqual([2, 1, 0])
  expect(scene.of('job:finished')).toHaveLength(3)
  expect(scene.clock.pending).toBe(0)
})

test('runOnce throws what the claim threw, and leaves nothing behind', async () => {
  const scene = new WorkerScene([job(async () => undefined)])
  scene.faults.before = (verb) => {
    if (verb === 'claim') throw new Error('down')
  }
  const worker = scene.worker()
  await expect(worker.runOnce()).rejects.toMatchObject({ code: 'GPQ_STORAGE' })
  expect([worker.state, scene.clock.pending]).toEqual(['stopped', 0])
})

test('drain gives back what runs at its deadline', async () => {
  const work = job(
    (_payload, { signal }) =>
      new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error))),
  )
  const scene = new WorkerScene([work])
  const id = await scene.dispatch(work)
  const drained = scene.worker().drain({ deadline: '10s' })
  await scene.clock.advance(10_000)
  expect(await drained).toBe(1)
  expect(await scene.queue.find(id)).toMatchObject({ state: 'pending', attempt: 0 })
  expect(scene.clock.pending).toBe(0)
})

test('a worker that is at work refuses runOnce and drain', async () => {
  const scene = new WorkerScene([job(async () => undefined)])
  const worker = scene.worker()
  await worker.start()
  await expect(worker.runOnce()).rejects.toMatchObject({ code: 'GPQ_INVALID_OPTION', option: 'runOnce' })
  await expect(worker.drain()).rejects.toMatchObject({ option: 'drain' })
  await worker.stop()
  const once = worker.runOnce()
  await expect(worker.start()).rejects.toMatchObject({ option: 'start' })
  expect(await once).toBe(0)
})

test('runOnce, called again and again, takes over from a worker that crashed', async () => {
  const work = job(async () => 'done')
  const scene = new WorkerScene([work])
  const id = await scene.dispatch(work)
  const queues = [{ queue: 'default', limit: 1 }]
  await scene.driver.claim({ leaseId: 'gone', leaseMs: 30_000, worker: 'gone', queues, types: ['work'], solo: false })
  const worker = scene.worker()
  const ran: number[] = []
  for (let minute = 0; minute < 3; minute += 1) {
    ran.push(await worker.runOnce())
    await scene.clock.advance(60_000)
  }
  expect(ran).toEqual([0, 0, 1])
  expect(await scene.state(id)).toBe('finished')
})

test('jobs claimed ahead that find no slot are given back when their lease is due for an extension', async () => {
  const end = gate()
  const work = job(() => end.promise)
  const scene = new WorkerScene([work])
  const ids = (await scene.queue.dispatchMany(work, [{}, {}, {}] as never[])).map(({ id }) => id)
  const worker = scene.worker({ concurrency: 1, prefetch: 2 })
  await worker.start()
  await scene.clock.advance(9_999)
  expect(await Promise.all(ids.map((id) => scene.state(id)))).toEqual(['running', 'running', 'running'])
  await scene.clock.advance(1)
  expect((await scene.queue.find(ids[2]!, { history: true }))?.history).toMatchObject([{ outcome: 'released' }])
  end.resolve()
  await scene.clock.advance(1_000)
  await worker.stop()
  expect(scene.of('job:finished')).toHaveLength(3)
})

test('a time that is none rejects stop and drain, and changes nothing', async () => {
  const worker = new WorkerScene([job(async () => undefined)]).worker()
  const refused = [worker.stop({ timeout: 'soon' as never }), worker.drain({ deadline: -1 })]
  expect(await Promise.allSettled(refused)).toMatchObject([
    { status: 'rejected', reason: { code: 'GPQ_INVALID_OPTION', option: 'timeout' } },
    { status: 'rejected', reason: { code: 'GPQ_INVALID_OPTION', option: 'deadline' } },
  ])
  expect(worker.state).toBe('idle')
})

import { expect, test } from 'vitest'
import { gate, job, WorkerScene } from '../../test/support/worker-scene.ts'
import { StorageError } from '../errors.ts'

test('a restarted process gets the jobs of the killed one within seven seconds of its end', async () => {
  for (let seed = 1; seed <= 20; seed += 1) {
    const end = gate()
    const killed = new WorkerScene([job(() => end.promise)])
    const id = await killed.dispatch(job(async () => undefined))
    await killed.worker({ development: true }).start()
    await killed.clock.advance(seed * 500)
    killed.faults.before = () => {
      throw new StorageError('connection', 'this process is dead')
    }
    const again = new WorkerScene([job(async () => 'done')], { seed, clock: killed.clock, database: killed.database })
    await killed.clock.advance(300)
    const worker = again.worker({ development: true })
    await worker.start()
    await again.clock.until(() => again.of('job:finished').length === 1, 6_700)
    expect(await again.outcomes(id)).toEqual(['crashed', 'finished'])
    end.resolve()
    await again.clock.advance(0)
    await worker.stop()
  }
})

test('stopping it takes two seconds at most', async () => {
  const end = gate()
  const scene = new WorkerScene([job(() => end.promise)])
  const id = await scene.dispatch(job(async () => undefined))
  const worker = scene.worker({ development: true })
  await worker.start()
  await scene.clock.advance(100)
  let isStopped = false
  void worker.stop().then(() => (isStopped = true))
  await scene.clock.advance(2_000)
  expect(isStopped).toBe(true)
  expect(await scene.outcomes(id)).toEqual(['released'])
  end.resolve()
})

import { expect, test } from 'vitest'
import { FakeClock } from '../../test/support/fake-clock.ts'
import { seededRandom } from '../../test/support/seeded-random.ts'
import { job, WorkerScene } from '../../test/support/worker-scene.ts'
import type { PruneRequest } from '../driver/storage-driver.ts'
import { EventEmitter } from '../event-emitter.ts'
import type { QueueEvents } from '../events.ts'
import { Pruner } from './pruner.ts'

const minute = 60_000
const day = 1_440 * minute

function scene(answer: (request: PruneRequest) => { removed: number; next?: string }) {
  const clock = new FakeClock()
  const calls: { readonly at: number; readonly after: string | undefined }[] = []
  const events = new EventEmitter<QueueEvents>(() => undefined)
  const errors: unknown[] = []
  events.on('error', (error) => errors.push(error))
  const prune = async (request: PruneRequest) => {
    calls.push({ at: clock.monotonic(), after: request.after })
    return answer(request)
  }
  const random = seededRandom(3)
  const pruner = new Pruner({ driver: { prune } as never, clock, random, events, retention: { finishedMs: day } })
  return { clock, pruner, calls, errors }
}

test('walks in paced steps from one to the next, then rests', async () => {
  const { clock, pruner, calls } = scene(({ after }) =>
    after === undefined ? { removed: 1, next: 'a' } : after === 'a' ? { removed: 0, next: 'b' } : { removed: 1 },
  )
  pruner.start()
  await clock.until(() => calls.length === 3)
  expect(calls.slice(0, 3).map(({ after }) => after)).toEqual([undefined, 'a', 'b'])
  const pauses = calls.slice(1, 3).map(({ at }, index) => at - calls[index]!.at)
  expect(pauses.every((pause) => pause >= 187 && pause <= 313)).toBe(true)
  await clock.advance(3 * minute)
  expect(calls).toHaveLength(3)
  await pruner.stop()
  expect(clock.pending).toBe(0)
})

test('rests after an error and goes on where it was', async () => {
  let fails = false
  const { clock, pruner, calls, errors } = scene(() => {
    if (fails) throw new Error('down')
    return { removed: 0, next: 'a' }
  })
  pruner.start()
  await clock.until(() => calls.length === 1)
  fails = true
  await clock.until(() => calls.length === 2)
  fails = false
  await clock.until(() => calls.length === 3)
  expect(errors).toMatchObject([{ during: 'prune' }])
  expect(calls[2]!.at - calls[1]!.at).toBeGreaterThan(3 * minute)
  expect(calls[2]!.after).toBe('a')
  await pruner.stop()
})

test('a worker removes ended jobs after their retention, by type too', async () => {
  const quick = job(async () => undefined, { type: 'quick' })
  const kept = job(async () => undefined, { type: 'kept' })
  const other = job(async () => undefined, { type: 'other' })
  const scene = new WorkerScene([quick, kept, other])
  const ids = [await scene.dispatch(quick), await scene.dispatch(kept), await scene.dispatch(other)]
  const retention = { finished: '2h', types: { quick: { finished: '10m' }, kept: false } } as const
  const worker = scene.worker({ retention, pollInterval: '1m' })
  await worker.start()
  await scene.clock.advance(30 * minute)
  expect(await Promise.all(ids.map((id) => scene.state(id)))).toEqual([undefined, 'finished', 'finished'])
  await scene.clock.advance(120 * minute)
  expect(await Promise.all(ids.map((id) => scene.state(id)))).toEqual([undefined, 'finished', undefined])
  await worker.stop()
  expect(scene.clock.pending).toBe(0)
})

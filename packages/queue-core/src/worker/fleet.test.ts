import { describe, expect, test } from 'vitest'
import { FakeClock } from '../../test/support/fake-clock.ts'
import { seededRandom } from '../../test/support/seeded-random.ts'
import { job, WorkerScene } from '../../test/support/worker-scene.ts'
import { StorageError } from '../errors.ts'
import { constant } from '../job/retry-policy.ts'
import { MemoryDatabase } from '../memory/memory-driver.ts'

const workers = 4
const jobs = 120

/**
 * A whole fleet in one process, on one clock and one database: calls fail before and after they were applied, handlers
 * fail, snooze, overrun their timeout and ignore their signals, and storage is away for longer than a lease. Everything
 * follows from the seed.
 */
async function runFleet(seed: number) {
  const clock = new FakeClock()
  const database = new MemoryDatabase({ clock })
  const random = seededRandom(seed)
  const running = new Map<string, number>()
  const overlaps: { readonly jobId: string; readonly told: boolean }[] = []
  const sleep = (ms: number) => new Promise<void>((resolve) => clock.setTimer(ms, resolve))

  const work = job(
    async (_payload, { jobId, attempt, signal, snooze }) => {
      const before = running.get(jobId) ?? 0
      if (before > 0) overlaps.push({ jobId, told: toldToStop.has(jobId) })
      running.set(jobId, before + 1)
      signal.addEventListener('abort', () => toldToStop.add(jobId))
      const choice = random.number()
      await sleep(random.number() < 0.05 ? 70_000 : random.number() * 8_000)
      running.set(jobId, running.get(jobId)! - 1)
      if (choice < 0.1) throw new Error('failed')
      if (choice < 0.2 && attempt < 5) return snooze('3s')
      if (choice < 0.5) signal.throwIfAborted()
      return jobId
    },
    { timeout: '60s', maxAttempts: 50, maxCrashes: 50, retryAfter: constant('2s') },
  )
  const toldToStop = new Set<string>()
  const scenes = Array.from(
    { length: workers },
    (_, index) => new WorkerScene([work], { seed: seed * 100 + index, clock, database }),
  )

  let faultRate = 0.05
  let isDown = false
  for (const { faults } of scenes) {
    faults.before = (verb) => {
      if (verb === 'dispatch') return
      if (isDown || random.number() < faultRate) throw new StorageError('connection', `${verb} was not sent`)
    }
    faults.after = (verb) => {
      if (verb !== 'dispatch' && random.number() < faultRate)
        throw new StorageError('connection', `${verb}: reply lost`)
    }
  }

  const fleet = scenes.map((scene, index) => scene.worker({ name: `w${index}`, concurrency: 5, prefetch: index }))
  const { queue } = scenes[0]!
  await queue.dispatchMany(work, Array.from({ length: jobs }, (_, n) => ({ n })) as never[])
  await Promise.all(fleet.map((worker) => worker.start()))
  await clock.advance(20_000)
  isDown = true
  await clock.advance(45_000)
  isDown = false
  await fleet[0]!.start()
  const restarted = fleet[1]!.stop({ timeout: '1s' }).then(() => fleet[1]!.start())
  await clock.advance(600_000)
  await restarted
  faultRate = 0
  await clock.advance(600_000)

  const stopped = Promise.all(fleet.map((worker) => worker.stop()))
  await clock.advance(60_000)
  await stopped
  const counts = await queue.count()
  const { jobs: all } = await queue.list({ limit: 1_000 })
  const trace = scenes.flatMap((scene) =>
    scene.events.map(({ name, payload }) => `${name} ${(payload as { jobId?: string }).jobId ?? ''}`),
  )
  return { clock, database, counts, all, overlaps, trace, scenes }
}

describe.each([1, 2, 3, 4, 5, 6])('a fleet, seed %i', (seed) => {
  test('ends with every job finished, no timer pending and every invariant kept', async () => {
    const { clock, database, counts, all, overlaps, scenes } = await runFleet(seed)
    expect(counts.map(({ state, count }) => [state, count])).toEqual([['finished', jobs]])
    expect(clock.pending).toBe(0)
    expect(database.audit()).toEqual([])
    // Two runs of one job overlap only after the first was told to stop.
    expect(overlaps.filter(({ told }) => !told)).toEqual([])
    expect(new Set(all.map(({ id, result }) => (id === result ? 'own result' : id)))).toEqual(new Set(['own result']))
    const finished = scenes.flatMap((scene) => scene.of('job:finished').map(({ jobId }) => jobId))
    expect(new Set(finished).size).toBe(finished.length)
  })
})

test('a fleet does the same thing again for the same seed', async () => {
  expect((await runFleet(7)).trace).toEqual((await runFleet(7)).trace)
})

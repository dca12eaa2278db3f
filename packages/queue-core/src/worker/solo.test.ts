import { describe, expect, test } from 'vitest'
import { FakeClock } from '../../test/support/fake-clock.ts'
import { job, WorkerScene } from '../../test/support/worker-scene.ts'
import { Solo } from './solo.ts'

const patience = 10_000

describe('the plan', () => {
  async function soloAt(...waits: number[]) {
    const clock = new FakeClock()
    const solo = new Solo(clock, patience)
    for (const wait of waits) await clock.advance(wait)
    return { clock, solo }
  }

  test('an idle worker takes a crashed job at once, then owes a plain claim', async () => {
    const { solo } = await soloAt()
    expect(solo.plan(false)).toBe('normal')
    solo.told(true)
    expect(solo.plan(false)).toBe('solo')
    solo.claimed(true, true)
    expect(solo.plan(true)).toBe('wait')
    expect(solo.idle()).toBe(true)
    expect(solo.plan(false)).toBe('normal')
    solo.told(true)
    expect(solo.plan(false)).toBe('solo')
  })

  test('a busy worker drains after its patience, and stops draining when another took the job', async () => {
    const { solo, clock } = await soloAt()
    solo.told(true)
    await clock.advance(patience - 1)
    expect(solo.plan(true)).toBe('normal')
    solo.told(true)
    await clock.advance(1)
    expect([solo.plan(true), solo.plan(true)]).toEqual(['drain', 'drain'])
    solo.told(false)
    expect(solo.plan(true)).toBe('normal')
  })

  test('after it drained it works for as long as that took', async () => {
    const { solo, clock } = await soloAt()
    solo.told(true)
    await clock.advance(patience)
    expect(solo.plan(true)).toBe('drain')
    await clock.advance(60_000)
    expect(solo.plan(false)).toBe('solo')
    solo.claimed(true, true)
    solo.idle()
    solo.told(true)
    await clock.advance(59_999)
    expect(solo.plan(true)).toBe('normal')
    await clock.advance(1)
    expect(solo.plan(true)).toBe('drain')
  })

  test('a solo claim that came too late waits for the next poll', async () => {
    const { solo } = await soloAt()
    solo.told(true)
    solo.claimed(false, true)
    expect([solo.plan(false), solo.isWanted]).toEqual(['normal', false])
    solo.polled()
    expect(solo.plan(false)).toBe('solo')
  })
})

describe('a crashed job', () => {
  /** Crashes the given job once: a worker whose process is gone leaves its lease behind. */
  async function crash(scene: WorkerScene, type: string): Promise<void> {
    const driver = scene.driver
    const leaseId = '00000000-0000-0000-0000-00000000000c'
    const queues = [{ queue: 'default', limit: 1 }]
    await driver.claim({ leaseId, leaseMs: 1, worker: 'gone', queues, types: [type], solo: false })
    await scene.clock.advance(2)
    const { expired } = await driver.reap({ confirmed: [] })
    await driver.reap({ confirmed: expired })
  }

  test('runs alone, while other jobs neither run nor start', async () => {
    let running = 0
    const log: string[] = []
    const run = (name: string, ms: number) => async () => {
      running += 1
      log.push(`${name} with ${running}`)
      await new Promise<void>((resolve) => scene.clock.setTimer(ms, resolve))
      running -= 1
    }
    const poison = job(run('poison', 3_000), { type: 'poison' })
    const work = job(run('work', 2_000))
    const scene: WorkerScene = new WorkerScene([poison, work])
    const id = await scene.dispatch(poison)
    await crash(scene, 'poison')
    expect(await scene.queue.find(id)).toMatchObject({ state: 'pending', attempt: 0, crashes: 1 })
    // More work than the worker can do: it must drain for the crashed job, and go on afterwards.
    await scene.queue.dispatchMany(work, Array.from({ length: 200 }, () => ({})) as never[])
    const worker = scene.worker({ concurrency: 4 })
    await worker.start()
    await scene.clock.advance(60_000)
    expect(await scene.state(id)).toBe('finished')
    expect(log.filter((line) => line.startsWith('poison'))).toEqual(['poison with 1'])
    const after = log.slice(log.indexOf('poison with 1') + 1)
    expect(after.length).toBeGreaterThan(40)
    await scene.clock.advance(60_000)
    await worker.stop()
    expect(scene.of('job:finished')).toHaveLength(201)
    expect(scene.clock.pending).toBe(0)
  })

  test('is found by runOnce and drain too', async () => {
    const poison = job(async () => 'survived')
    const scene = new WorkerScene([poison])
    const ids = [await scene.dispatch(poison)]
    await crash(scene, 'work')
    expect(await scene.worker().runOnce()).toBe(1)
    ids.push(await scene.dispatch(poison))
    await crash(scene, 'work')
    expect(await scene.worker().drain()).toBe(1)
    expect(await Promise.all(ids.map((id) => scene.state(id)))).toEqual(['finished', 'finished'])
    expect(scene.clock.pending).toBe(0)
  })
})

import diagnostics from 'node:diagnostics_channel'
import { describe, expect, test } from 'vitest'
import { FakeClock } from '../../test/support/fake-clock.ts'
import { defineJob } from '../define-job.ts'
import type { DriverCall } from '../driver/observed-driver.ts'
import { InvalidOptionError, QueueClosedError, StorageError, UnsupportedError } from '../errors.ts'
import { memoryDriver } from '../memory/memory-driver.ts'
import { Queue } from './queue.ts'

const talk = defineJob({
  type: 'talk',
  async handle(payload: { lines: number }, context) {
    for (let line = 1; line <= payload.lines; line++) context.log(`line ${line}`)
    context.progress(70)
  },
})

function scene() {
  const clock = new FakeClock()
  const queue = new Queue({ driver: memoryDriver({ clock }), jobs: [talk], clock })
  return { clock, queue }
}

describe('pausing', () => {
  test.each([{ queue: 'default' }, { type: 'talk' }])(
    '%o stands still until it is resumed, and goes on at once then',
    async (thing) => {
      const { clock, queue } = scene()
      const events: unknown[] = []
      queue.on('queue:paused', (event) => events.push(event))
      queue.on('queue:resumed', (event) => events.push(event))
      const worker = queue.createWorker({ pollInterval: '1h' })
      await worker.start()
      await clock.advance(0)
      await queue.pause({ ...thing, reason: 'deploy' })
      const { id } = await queue.dispatch(talk, { lines: 0 })
      await clock.advance(60_000)
      expect((await queue.find(id))?.state).toBe('pending')
      const [pause] = await queue.paused()
      expect(pause).toMatchObject({ name: Object.values(thing)[0], reason: 'deploy' })
      expect(pause?.since).toBeInstanceOf(Date)
      expect(await queue.resume(thing)).toBe(true)
      await clock.advance(0)
      expect((await queue.find(id))?.state).toBe('finished')
      expect(await queue.resume(thing)).toBe(false)
      expect(events).toHaveLength(2)
      await queue.close()
      expect(clock.pending).toBe(0)
    },
  )

  test('ends by itself after the time it was given', async () => {
    const { clock, queue } = scene()
    await queue.pause({ queue: 'default', for: '1m' })
    expect((await queue.paused())[0]?.until?.getTime()).toBe(clock.wall() + 60_000)
    await queue.dispatch(talk, { lines: 0 })
    expect(await queue.createWorker().drain()).toBe(0)
    await clock.advance(60_000)
    expect(await queue.paused()).toEqual([])
    expect(await queue.createWorker().drain()).toBe(1)
  })

  test('is told of every due job it stops, by one question per look', async () => {
    const clock = new FakeClock()
    const memory = memoryDriver({ clock })
    let questions = 0
    const pausing = {
      ...memory.pausing!,
      paused: async (request: object) => {
        questions += 1
        return memory.pausing!.paused(request)
      },
    }
    const queue = new Queue({ driver: { ...memory, pausing }, jobs: [talk], clock })
    const ended = await queue.dispatch(talk, { lines: 0 })
    await queue.createWorker().drain()
    await queue.dispatchMany(talk, [{ lines: 0 }, { lines: 0 }])
    const later = await queue.dispatch(talk, { lines: 0 }, { delay: '1h' })
    const labels = async () => (await queue.list()).jobs.map(({ label }) => label)
    await queue.pause({ queue: 'talk' })
    expect(await labels()).toEqual(['scheduled', 'ready', 'ready', 'finished'])
    await queue.pause({ type: 'talk' })
    expect(await labels()).toEqual(['scheduled', 'paused', 'paused', 'finished'])
    expect((await queue.find(later.id))?.label).toBe('scheduled')
    expect(questions).toBe(3)
    expect((await queue.find(ended.id))?.label).toBe('finished')
    expect(questions).toBe(3)
  })

  test('refuses what is neither a queue nor a type, both, or no time at all', async () => {
    const { queue } = scene()
    for (const bad of [{}, { queue: 'a', type: 'b' }, { queue: 'a b' }, { queue: 'a', for: 0 }, { type: 7 }]) {
      await expect(queue.pause(bad as never)).rejects.toSatisfy(InvalidOptionError.isInstance)
    }
  })

  test('a driver that cannot says so', async () => {
    const { pausing: _pausing, reports: _reports, ...rest } = memoryDriver()
    const queue = new Queue({ driver: rest, jobs: [talk] })
    await expect(queue.pause({ queue: 'default' })).rejects.toSatisfy(UnsupportedError.isInstance)
    const { id } = await queue.dispatch(talk, { lines: 0 })
    expect((await queue.find(id))?.label).toBe('ready')
    await expect(queue.lines('1')).rejects.toSatisfy(UnsupportedError.isInstance)
  })
})

test('what storage throws is a StorageError, a closed queue is not asked, and each call is told of', async () => {
  const calls: string[] = []
  const channel = diagnostics.channel('goplate.queue.driver')
  const listener = (call: unknown): void => void calls.push((call as DriverCall).verb)
  channel.subscribe(listener)
  const memory = memoryDriver()
  const pausing = { ...memory.pausing!, resume: () => Promise.reject(new Error('down')) }
  const queue = new Queue({ driver: { ...memory, pausing }, jobs: [talk] })
  await queue.pause({ queue: 'default' })
  await expect(queue.resume({ queue: 'default' })).rejects.toSatisfy(StorageError.isInstance)
  await queue.paused()
  await queue.lines('1')
  await queue.close()
  await expect(queue.paused()).rejects.toSatisfy(QueueClosedError.isInstance)
  await expect(queue.lines('1')).rejects.toSatisfy(QueueClosedError.isInstance)
  channel.unsubscribe(listener)
  expect(calls).toEqual(['pause', 'resume', 'paused', 'lines'])
})

describe('log lines', () => {
  test('of a handler are kept with its job, in order, page by page, with its progress', async () => {
    const { queue } = scene()
    const { id } = await queue.dispatch(talk, { lines: 5 })
    await queue.createWorker().runOnce()
    expect((await queue.lines(id)).map(({ message }) => message)).toEqual([1, 2, 3, 4, 5].map((line) => `line ${line}`))
    const [third] = await queue.lines(id, { after: 2, limit: 1 })
    expect(third).toMatchObject({ message: 'line 3', level: 'info', epoch: 1, line: 3 })
    expect(third?.at).toBeInstanceOf(Date)
    expect((await queue.find(id))?.progress).toBe(70)
    await expect(queue.lines(id, { limit: 0 })).rejects.toSatisfy(InvalidOptionError.isInstance)
  })

  test('go with their job', async () => {
    const { queue } = scene()
    const { id } = await queue.dispatch(talk, { lines: 1 })
    await queue.createWorker().runOnce()
    await queue.delete(id)
    expect(await queue.lines(id)).toEqual([])
  })
})

describe('whoever waits for a job hears at once, without a look in between, that it', () => {
  test.each<[string, (queue: ReturnType<typeof scene>['queue'], id: string) => Promise<unknown>]>([
    ['was cancelled', (queue, id) => queue.cancel(id)],
    ['was deleted', (queue, id) => queue.delete(id)],
    ['has expired', (queue) => queue.createWorker().runOnce()],
  ])('%s', async (_what, end) => {
    const { clock, queue } = scene()
    const { id } = await queue.dispatch(talk, { lines: 0 }, { expiresAt: new Date(clock.wall() + 1) })
    await queue.pause({ queue: 'default' })
    await clock.advance(2)
    const over: unknown[] = []
    queue.waitFor(id).catch((error: unknown) => over.push(error))
    await clock.advance(0)
    expect(over).toEqual([])
    await end(queue, id)
    await clock.advance(0)
    expect(over).toHaveLength(1)
  })
})

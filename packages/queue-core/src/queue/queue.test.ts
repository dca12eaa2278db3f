import { channel } from 'node:diagnostics_channel'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { FakeClock } from '../../test/support/fake-clock.ts'
import { defineJob, newJob } from '../define-job.ts'
import type { StorageDriver } from '../driver/storage-driver.ts'
import {
  DuplicateJobError,
  DuplicateTypeError,
  InvalidOptionError,
  InvalidPayloadError,
  JobNotFinishedError,
  JobNotFoundError,
  MissingHandlerError,
  PayloadTooLargeError,
  PermanentError,
  QueueClosedError,
  StorageError,
  UnknownJobError,
  UnsupportedError,
  WaitTimeoutError,
} from '../errors.ts'
import type { AnyJob } from '../job/job.ts'
import { memoryDriver } from '../memory/memory-driver.ts'
import { Queue } from './queue.ts'

const mail = defineJob({
  type: 'mail',
  queue: 'mail',
  payload: z.object({ to: z.string(), copies: z.coerce.number<string>().optional() }),
  handle: async ({ to }) => {
    if (to === 'nobody') throw new PermanentError('no such address')
    return { sentTo: to }
  },
})
const plain = defineJob({ type: 'plain', async handle(_payload: { n: number }) {} })
const split = defineJob({ type: 'split', payload: z.object({}) })

function scene() {
  const clock = new FakeClock()
  const driver = memoryDriver({ clock })
  const queue = new Queue({ driver, jobs: [mail, plain], clock })
  return { clock, driver, queue }
}

describe('dispatch', () => {
  test('stores what was given, not what the schema makes of it', async () => {
    const { queue } = scene()
    const { id, created } = await queue.dispatch(
      mail,
      { to: 'ada', copies: '2' },
      { tags: ['a'], meta: { by: 'test' } },
    )
    expect(created).toBe(true)
    expect(await queue.find(id)).toMatchObject({
      type: 'mail',
      queue: 'mail',
      state: 'pending',
      payload: { to: 'ada', copies: '2' },
      tags: ['a'],
      meta: { by: 'test' },
    })
  })

  test('stores nothing of a call in which one payload is not valid', async () => {
    const { queue } = scene()
    const bad = queue.dispatchMany(mail, [{ to: 'ada' }, { to: 7 } as never])
    await expect(bad).rejects.toSatisfy(InvalidPayloadError.isInstance)
    await expect(queue.dispatch(plain, { n: Number.NaN })).rejects.toThrow('$.n')
    const big = { n: 1, text: 'x'.repeat(300_000) }
    await expect(queue.dispatch(plain, big)).rejects.toSatisfy(PayloadTooLargeError.isInstance)
    expect((await queue.list()).jobs).toEqual([])
  })

  test.each([
    [{ delay: '-1s' }, 'delay'],
    [{ delay: 1e15 }, 'delay'],
    [{ delay: '1s', availableAt: new Date() }, 'availableAt'],
    [{ availableAt: new Date(Number.NaN) }, 'availableAt'],
    [{ availableAt: 'tomorrow' }, 'availableAt'],
    [{ priority: 1.5 }, 'priority'],
    [{ priority: 40_000 }, 'priority'],
    [{ queue: "x'; drop table job" }, 'queue'],
    [{ queue: 'mial' }, 'queue'],
    [{ tags: 'a' }, 'tags'],
    [{ tags: [''] }, 'tags[0]'],
    [{ unique: { key: '' } }, 'unique.key'],
    [{ unique: { key: 'a\0b' } }, 'unique.key'],
    [{ unique: { key: 'a', onConflict: 'ignore' } }, 'unique.onConflict'],
    [{ dealy: '1s' }, 'dealy'],
  ])('refuses %o', async (options, option) => {
    const { queue } = scene()
    const refused = await queue.dispatch(plain, { n: 1 }, options as never).catch((error: unknown) => error)
    expect(refused).toSatisfy(InvalidOptionError.isInstance)
    expect((refused as InvalidOptionError).option).toBe(option)
  })

  test('a delayed job is scheduled, and its instant is kept', async () => {
    const { queue, clock } = scene()
    const later = await queue.dispatch(plain, { n: 1 }, { delay: '5m', priority: -3 })
    const found = await queue.find(later.id)
    expect(found?.label).toBe('scheduled')
    expect(found?.availableAt?.getTime()).toBe(clock.wall() + 300_000)
    expect(found?.priority).toBe(-3)
  })

  test('a unique key answers its holder, or rejects when asked to; keys of two types never meet', async () => {
    const { queue } = scene()
    const first = await queue.dispatch(mail, { to: 'ada' }, { unique: { key: 'k' } })
    expect(await queue.dispatch(mail, { to: 'bob' }, { unique: { key: 'k' } })).toEqual({
      id: first.id,
      created: false,
    })
    expect((await queue.dispatch(plain, { n: 1 }, { unique: { key: 'k' } })).created).toBe(true)
    const rejected = queue.dispatchAll([
      mail.with({ to: 'new' }),
      mail.with({ to: 'ada' }, { unique: { key: 'k', onConflict: 'reject' } }),
    ])
    const error = await rejected.catch((thrown: unknown) => thrown)
    expect(error).toSatisfy(DuplicateJobError.isInstance)
    expect(error).toMatchObject({ holder: first.id, type: 'mail', message: expect.stringContaining('"k"') as string })
    expect((await queue.list({ types: ['mail'] })).jobs).toHaveLength(1)
  })

  test('dispatchAll stores jobs of several types in one call, in order', async () => {
    const { queue } = scene()
    const receipts = await queue.dispatchAll([mail.with({ to: 'ada' }), newJob(plain, { n: 1 }, { delay: '1s' })])
    expect(receipts).toHaveLength(2)
    expect((await queue.find(receipts[0]!.id))?.type).toBe('mail')
    expect((await queue.find(receipts[1]!.id))?.label).toBe('scheduled')
    expect(await queue.dispatchAll([])).toEqual([])
  })

  test('refuses a job that is not registered, also where the types cannot tell', async () => {
    const { queue } = scene()
    const wide = queue as unknown as Queue<readonly AnyJob[]>
    await expect(wide.dispatch(split, {})).rejects.toSatisfy(UnknownJobError.isInstance)
  })
})

describe('waitFor', () => {
  test('returns the result, typed by the job', async () => {
    const { queue, clock } = scene()
    const worker = queue.createWorker()
    const job = await queue.dispatch(mail, { to: 'ada' })
    const result = queue.waitFor(job, { timeout: '10s' })
    await worker.runOnce()
    await clock.advance(0)
    expect((await result).sentTo).toBe('ada')
    expect(clock.pending).toBe(0)
  })

  test('throws what became of a job that did not finish', async () => {
    const { queue, clock } = scene()
    const job = await queue.dispatch(mail, { to: 'nobody' })
    const waiting = queue.waitFor(job).catch((error: unknown) => error)
    await queue.createWorker().runOnce()
    await clock.advance(0)
    const error = await waiting
    expect(error).toSatisfy(JobNotFinishedError.isInstance)
    expect(error).toMatchObject({ state: 'failed', reason: 'permanent', cause: { message: 'no such address' } })
  })

  test('gives up at its timeout, on its signal, for an unknown job and when the queue closes', async () => {
    const { queue, clock } = scene()
    const { id } = await queue.dispatch(mail, { to: 'ada' })
    const late = queue.waitFor(id, { timeout: '2s' }).catch((error: unknown) => error)
    await clock.advance(2_000)
    expect(await late).toSatisfy(WaitTimeoutError.isInstance)

    const controller = new AbortController()
    const aborted = queue.waitFor(id, { signal: controller.signal }).catch((error: unknown) => error)
    controller.abort(new Error('enough'))
    expect(await aborted).toMatchObject({ message: 'enough' })

    await expect(queue.waitFor('404')).rejects.toSatisfy(JobNotFoundError.isInstance)

    const open = queue.waitFor(id).catch((error: unknown) => error)
    await queue.close()
    expect(await open).toSatisfy(QueueClosedError.isInstance)
    expect(clock.pending).toBe(0)
  })
})

describe('control', () => {
  test('cancel, retry and delete answer for one id and for many', async () => {
    const { queue } = scene()
    const { id } = await queue.dispatch(plain, { n: 1 })
    expect(await queue.cancel(id, { reason: 'not needed' })).toBe('cancelled')
    expect(await queue.find(id)).toMatchObject({ state: 'cancelled', reason: 'not needed' })
    expect(await queue.cancel([id, '404'])).toEqual(['ended', 'missing'])
    expect(await queue.retry([id, '404'])).toEqual(['retried', 'missing'])
    expect(await queue.retry(id)).toBe('refused')
    expect(await queue.delete([id, '404'])).toEqual(['removed', 'missing'])
    expect(await queue.find(id)).toBeUndefined()
  })

  test('a finished job is reopened only with force, and its history tells of both runs', async () => {
    const { queue } = scene()
    const worker = queue.createWorker()
    const { id } = await queue.dispatch(mail, { to: 'ada' })
    await worker.runOnce()
    expect(await queue.retry(id)).toBe('refused')
    expect(await queue.retry(id, { force: true })).toBe('retried')
    await worker.runOnce()
    const found = await queue.find(id, { history: true })
    expect(found?.history?.map(({ outcome }) => outcome)).toEqual(['finished', 'finished'])
  })

  test('count and health agree about what waits', async () => {
    const { queue } = scene()
    await queue.dispatchMany(plain, [{ n: 1 }, { n: 2 }])
    await queue.dispatch(mail, { to: 'ada' }, { delay: '1h' })
    expect(await queue.count({ queues: ['default'] })).toEqual([
      { queue: 'default', state: 'pending', count: 2, due: { count: 2, oldestMs: 0 } },
    ])
    expect(await queue.health()).toMatchObject({ ok: true, driver: 'memory', due: { count: 2 }, running: 0 })
  })

  test('ids that are none are refused before storage sees them', async () => {
    const { queue } = scene()
    for (const id of [7, '', { $ne: null }, ['1']]) {
      await expect(queue.find(id as never)).rejects.toSatisfy(InvalidOptionError.isInstance)
      await expect(queue.cancel([id] as never)).rejects.toSatisfy(InvalidOptionError.isInstance)
    }
    await expect(queue.list({ limit: 0 })).rejects.toSatisfy(InvalidOptionError.isInstance)
  })

  test('what the driver lacks is said', async () => {
    await expect(scene().queue.wasCommitted('1')).rejects.toSatisfy(UnsupportedError.isInstance)
  })
})

describe('cancel', () => {
  test('tells of each waiting job that it ended, once, with the reason; of no other', async () => {
    const { queue } = scene()
    const events: unknown[] = []
    queue.on('job:cancelled', (event) => events.push(event))
    const { id } = await queue.dispatch(plain, { n: 1 })
    const verdicts = await queue.cancel([id, '999', id], { reason: 'order withdrawn' })
    await queue.cancel(id)
    expect(verdicts.slice(0, 2)).toEqual(['cancelled', 'missing'])
    const facts = { type: 'plain', queue: 'default', attempt: 0, maxAttempts: 10, durationMs: 0 }
    expect(events).toEqual([{ jobId: id, ...facts, reason: 'order withdrawn' }])
  })

  test('is done although it cannot be told', async () => {
    const { driver, clock } = scene()
    const find = () => Promise.reject(new Error('down'))
    const queue = new Queue({ driver: { ...driver, find }, jobs: [plain], clock })
    const errors: string[] = []
    queue.on('error', ({ during }) => errors.push(during))
    const { id } = await queue.dispatch(plain, { n: 1 })
    expect([await queue.cancel(id), errors]).toEqual(['cancelled', ['find']])
  })
})

describe('life', () => {
  test('the same type twice, and a worker without a handler, are errors at the start', () => {
    const twice: AnyJob[] = [plain, plain]
    expect(() => new Queue({ driver: memoryDriver(), jobs: twice })).toThrow(DuplicateTypeError)
    const producer = new Queue({ driver: memoryDriver(), jobs: [split] as readonly AnyJob[] })
    expect(() => producer.createWorker()).toThrow(MissingHandlerError)
  })

  test('an option that is misspelt is refused by its name', () => {
    const misspelt = { driver: memoryDriver(), jobs: [plain], onEror: () => undefined }
    expect(() => new Queue(misspelt)).toThrow(expect.objectContaining({ code: 'GPQ_INVALID_OPTION', option: 'onEror' }))
  })

  test('a closed queue refuses everything, and closing twice is fine', async () => {
    const { queue } = scene()
    const worker = queue.createWorker()
    await worker.start()
    await queue.close()
    await queue.close()
    expect(worker.state).toBe('stopped')
    await expect(queue.dispatch(plain, { n: 1 })).rejects.toSatisfy(QueueClosedError.isInstance)
    await expect(queue.waitFor('1')).rejects.toSatisfy(QueueClosedError.isInstance)
    expect((await queue.health()).ok).toBe(false)
  })

  test('health gives up on storage that does not answer', async () => {
    const clock = new FakeClock()
    const silent: StorageDriver = { ...memoryDriver({ clock }), count: () => new Promise(() => undefined) }
    const queue = new Queue({ driver: silent, jobs: [plain], clock })
    const health = queue.health()
    await clock.advance(5_000)
    expect(await health).toMatchObject({ ok: false, latencyMs: 5_000 })
    expect(clock.pending).toBe(0)
  })

  test('events, and the same on diagnostics channels; a listener that throws harms nobody', async () => {
    const { queue } = scene()
    const heard: string[] = []
    queue.on('job:dispatched', () => {
      throw new Error('listener')
    })
    const end = queue.on('job:dispatched', ({ jobId }) => heard.push(`event ${jobId}`))
    const onMessage = (message: unknown) => heard.push(`channel ${(message as { jobId: string }).jobId}`)
    channel('goplate.queue.job.dispatched').subscribe(onMessage)
    const first = await queue.dispatch(plain, { n: 1 })
    end()
    channel('goplate.queue.job.dispatched').unsubscribe(onMessage)
    await queue.dispatch(plain, { n: 2 })
    expect(heard).toEqual([`event ${first.id}`, `channel ${first.id}`])
  })
})

describe('a driver that breaks the contract', () => {
  const broken: Record<string, Partial<StorageDriver>> = {
    'throws something that is no error of ours': { dispatch: () => Promise.reject(new Error('ECONNRESET')) },
    'answers too few receipts': { dispatch: async () => ({ stored: true, receipts: [] }) },
  }
  test.each(Object.entries(broken))('%s', async (_what, defect) => {
    const queue = new Queue({ driver: { ...memoryDriver(), ...defect }, jobs: [plain] })
    const error = await queue.dispatch(plain, { n: 1 }).catch((thrown: unknown) => thrown)
    expect(error).toSatisfy(StorageError.isInstance)
    expect((error as StorageError).kind).toBe('other')
  })
})

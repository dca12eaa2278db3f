import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../test/support/seeded-random.ts'
import { defineJob } from '../define-job.ts'
import { MissingHandlerError } from '../errors.ts'
import { registerJobs } from '../job-registry.ts'
import { workerSettings, type WorkerOptions } from './worker-options.ts'

const random = seededRandom(1)
const jobs = registerJobs(
  [
    { type: 'send_email', queue: 'mail', handle: async () => undefined },
    { type: 'process_image', queue: 'images', handle: async () => undefined },
    { type: 'other', handle: async () => undefined },
  ],
  random,
)
const settings = (options: WorkerOptions = {}) => workerSettings(options, { jobs, random, driver: {} })
const day = 86_400_000

test('defaults: every queue of its jobs, ten at once, the shares of a lease of 30 s', () => {
  expect(settings()).toMatchObject({
    queues: ['mail', 'images', 'default'].map((queue) => ({ queue, concurrency: 10, weight: 1 })),
    types: ['send_email', 'process_image', 'other'],
    concurrency: 10,
    prefetch: 0,
    pollMs: 1_000,
    leaseMs: 30_000,
    heartbeatMs: 10_000,
    scanMs: 5_000,
    marginMs: 2_000,
    stopTimeoutMs: 30_000,
    retention: { finishedMs: 7 * day, failedMs: 30 * day, cancelledMs: 7 * day },
  })
  expect(settings().name).toMatch(/^[0-9a-f]{8}$/)
})

test.each<[WorkerOptions, number]>([
  [{ queues: { mail: { concurrency: 10 }, images: { concurrency: 2 } } }, 12],
  [{ queues: { mail: { concurrency: 2 }, images: {} } }, 10],
  [{ queues: { mail: { concurrency: 20 }, images: {} } }, 20],
  [{ queues: { mail: { concurrency: 4 } }, concurrency: 6 }, 6],
])('the concurrency in all of %j is %i', (options, concurrency) => {
  expect(settings(options).concurrency).toBe(concurrency)
})

test('retention: other times, by type, and never', () => {
  expect(settings({ retention: false }).retention).toBeUndefined()
  const retention = { finished: '1h', failed: false, types: { send_email: { finished: '1d' }, other: false } } as const
  expect(settings({ retention }).retention).toEqual({
    finishedMs: 3_600_000,
    cancelledMs: 7 * day,
    types: { send_email: { finishedMs: day, cancelledMs: 7 * day }, other: {} },
  })
})

describe('are refused, with the option named', () => {
  test.each<[string, object]>([
    ['concurrency', { concurrency: 0 }],
    ['concurrency', { concurrency: 1.5 }],
    ['concurrency', { concurrency: Number.NaN }],
    ['concurrency.min', { concurrency: { min: 3, max: 2 } }],
    ['concurrency.min', { concurrency: { max: 2 } }],
    ['concurrency.max', { concurrency: { min: 1, max: 10_001 } }],
    ['queues.mail.concurrency.min', { queues: { mail: { concurrency: { min: 0, max: 2 } } } }],
    ['queues.mail.concurrency', { concurrency: 5, queues: { mail: { concurrency: { min: 1, max: 6 } } } }],
    ['prefetch', { prefetch: -1 }],
    ['pollInterval', { pollInterval: 0 }],
    ['pollInterval', { pollInterval: 'soon' }],
    ['lease', { lease: 999 }],
    ['lease', { lease: '2d' }],
    ['stopTimeout', { stopTimeout: -1 }],
    ['name', { name: 'with a space' }],
    ['queues', { queues: {} }],
    ['queues.mial', { queues: { mial: {} } }],
    ['queues.mail.concurrency', { queues: { mail: { concurrency: 0 } } }],
    ['queues.mail.concurrency', { concurrency: 5, queues: { mail: { concurrency: 6 } } }],
    ['queues.mail.weight', { queues: { mail: { weight: 0 } } }],
    ['retention.finished', { retention: { finished: 'never' } }],
    ['retention.done', { retention: { done: '1d' } }],
    ['retention.types.other.failed', { retention: { types: { other: { failed: -1 } } } }],
    ['concurency', { concurency: 5 }],
  ])('%s in %j', (option, options) => {
    expect(() => settings(options)).toThrow(expect.objectContaining({ code: 'GPQ_INVALID_OPTION', option }))
  })

  test('a job without a handler', () => {
    const split = registerJobs([defineJob({ type: 'split', payload: anything })], random)
    expect(() => workerSettings({}, { jobs: split, random, driver: {} })).toThrow(MissingHandlerError)
  })
})

const anything = { '~standard': { version: 1 as const, vendor: 'test', validate: (value: unknown) => ({ value }) } }

test('polls less often where the driver hears of other processes', () => {
  const hears = { jobs, random, driver: { wakeups: { fromOtherProcesses: true } } }
  expect(workerSettings({}, hears).pollMs).toBe(5_000)
  expect(workerSettings({ pollInterval: '200ms' }, hears).pollMs).toBe(200)
})

test('a pool has bounds, of the worker, of queues, or the sums of those', () => {
  expect(settings({ concurrency: { min: 2, max: 20 } })).toMatchObject({ concurrency: 20, leastConcurrency: 2 })
  const queues = { mail: { concurrency: { min: 1, max: 5 } }, images: { concurrency: 2 } }
  expect(settings({ queues })).toMatchObject({
    concurrency: 7,
    leastConcurrency: 3,
    queues: [
      { queue: 'mail', concurrency: 5, leastConcurrency: 1 },
      { queue: 'images', concurrency: 2, leastConcurrency: 2 },
    ],
  })
})

test('in development leases are short, and what is said wins', () => {
  const shares = { leaseMs: 5_000, heartbeatMs: 5_000 / 3, scanMs: 250, stopTimeoutMs: 1_000 }
  expect(settings({ development: true })).toMatchObject({ name: 'development', ...shares })
  expect(settings({ development: true, name: 'mine', lease: '1s' })).toMatchObject({ name: 'mine', leaseMs: 1_000 })
  expect(settings({ development: false }).leaseMs).toBe(30_000)
})

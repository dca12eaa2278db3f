import { Queue, type AnyJob, type QueueOptions, type WorkerOptions } from '@goplate/queue-core'
import { memoryDriver } from '@goplate/queue-core/memory'
import { afterAll, describe, expect, it } from 'vitest'
import { looseQueue } from './three-queues.ts'

const driver = memoryDriver()
afterAll(() => driver.close())

const invalid = (option: string): unknown => expect.objectContaining({ code: 'GPQ_INVALID_OPTION', option })
const make = (job: object, options: WorkerOptions = {}): void => {
  const mail = { type: 'mail', handle() {}, ...job } as AnyJob
  looseQueue(driver, [mail]).createWorker(options)
}

/** What a job has from its class, or from the object it was made of. */
class Hurried {
  readonly type = 'mail'
  readonly timeout: unknown = 0
  handle(): void {}
}
class MoreHurried extends Hurried {
  override readonly timeout = -1
}

describe('refused when the queue or the worker is made, with the option named', () => {
  it.each<[string, object]>([
    ['mail.timeout', { timeout: 0 }],
    ['mail.timeout', { timeout: -1 }],
    ['mail.timeout', { timeout: '0s' }],
    ['mail.timeout', { timeout: Number.NaN }],
    ['mail.timeout', { timeout: Infinity }],
    ['mail.timeout', { timeout: true }],
    ['mail.timeout', { timeout: '366d' }],
    ['mail.maxAttempts', { maxAttempts: 0 }],
    ['mail.maxCrashes', { maxCrashes: -1 }],
    ['mail.batch', { batch: { max: 2 } }],
    ['mail.handleMany', { handleMany() {} }],
    ['mail.batch.wait', { handle: undefined, handleMany() {}, batch: { wait: '2s' }, timeout: '1s' }],
    ['mail.batch.wait', { handle: undefined, handleMany() {}, batch: { wait: '1s' }, timeout: '1s' }],
  ])('%s of a job: %o', (option, job) => {
    expect(() => make(job)).toThrow(invalid(option))
  })

  it('a timeout that is inherited counts like an own one', () => {
    for (const job of [new Hurried(), new MoreHurried()])
      expect(() => looseQueue(driver, [job as unknown as AnyJob])).toThrow(invalid('mail.timeout'))
    const inherits = Object.create({ type: 'mail', timeout: -1, handle() {} }) as AnyJob
    expect(() => looseQueue(driver, [inherits])).toThrow(invalid('mail.timeout'))
  })

  it.each<[string, object]>([
    ['lease', { lease: 0 }],
    ['lease', { lease: '999ms' }],
    ['lease', { lease: '25h' }],
    ['lease', { lease: Infinity }],
    // There is no option for these: they are shares of the lease, so that none can be longer than it.
    ['heartbeat', { lease: '5s', heartbeat: '10s' }],
    ['extendEvery', { lease: '5s', extendEvery: '10s' }],
    ['timeout', { timeout: 0 }],
    ['pollInterval', { pollInterval: 0 }],
    ['stopTimeout', { stopTimeout: -1 }],
    ['concurrency', { concurrency: 0 }],
    ['concurrency.min', { concurrency: { min: 5, max: 2 } }],
    ['queues', { queues: {} }],
    ['queues.default.concurrency', { concurrency: 2, queues: { default: { concurrency: 3 } } }],
    ['queues.default.concurrency', { concurrency: 2, queues: { default: { concurrency: { min: 1, max: 3 } } } }],
    ['queues.mail', { queues: { mail: {} } }],
    ['retention.finished', { retention: { finished: -1 } }],
  ])('%s of a worker: %o', (option, options) => {
    expect(() => make({}, options)).toThrow(invalid(option))
  })

  it.each<[string, object]>([
    ['maxPending', { maxPending: -1 }],
    ['maxPending', { maxPending: Number.NaN }],
    ['timeout', { timeout: 0 }],
    ['middleware', { middleware: 'x' }],
  ])('%s of a queue: %o', (option, options) => {
    const given = { driver, jobs: [{ type: 'mail', handle() {} }], ...options }
    expect(() => new Queue(given as unknown as QueueOptions<readonly AnyJob[], object>)).toThrow(
      expect.objectContaining({ code: 'GPQ_INVALID_OPTION', message: expect.stringContaining(option) as string }),
    )
  })
})

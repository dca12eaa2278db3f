import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { defineJob } from './define-job.ts'
import { DuplicateTypeError, InvalidOptionError } from './errors.ts'
import type { AnyJob, Job, JobContext } from './job/job.ts'
import { exponential } from './job/retry-policy.ts'
import { JobRegistry, registerJobs } from './job-registry.ts'
import type { Random } from './random.ts'

const random: Random = { number: () => 0.5, bytes: (length) => new Uint8Array(length) }
const registered = (job: object) => registerJobs([{ type: 'mail', ...job } as AnyJob], random).get('mail')!

describe('registerJobs', () => {
  it('fills in the defaults', () => {
    const job = registered({ handle: () => 1 })
    expect(job).toMatchObject({
      type: 'mail',
      queue: 'default',
      priority: 0,
      maxAttempts: 10,
      maxCrashes: 3,
      timeoutMs: 900_000,
      schema: undefined,
    })
    expect(job.retryDelay(3, new Error('x'))).toEqual({ delayMs: 2_000 })
  })

  it('keeps what a definition says', () => {
    const schema = z.object({ to: z.string() })
    const job = defineJob({
      type: 'mail',
      queue: 'out/mail',
      payload: schema,
      priority: -5,
      maxAttempts: 1,
      maxCrashes: 0,
      timeout: false,
      retryAfter: exponential({ base: '10s', max: '1m', jitter: 'equal' }),
      async handle() {},
    })
    const result = registered(job)
    expect(result).toMatchObject({ queue: 'out/mail', priority: -5, maxAttempts: 1, maxCrashes: 0, schema })
    expect(result.timeoutMs).toBeUndefined()
    expect(result.retryDelay(1, undefined)).toEqual({ delayMs: 7_500 })
  })

  it('calls the methods of a class job on its object', () => {
    class Mail implements Job<string, string> {
      readonly type = 'mail'
      #seconds = 7
      retryAfter(attempt: number): number {
        return attempt * this.#seconds * 1_000
      }
      handle(payload: string): string {
        return `${payload} ${this.#seconds}`
      }
    }
    const job = registerJobs([new Mail()], random).get('mail')!
    expect(job.retryDelay(2, undefined)).toEqual({ delayMs: 14_000 })
    expect(job.handle?.('x', {} as JobContext)).toBe('x 7')
  })

  it('answers a bad policy of a class job with the default and a warning', () => {
    const job = registered({ retryAfter: () => NaN, handle() {} })
    expect(job.retryDelay(1, undefined)).toMatchObject({ delayMs: 500, warning: expect.any(String) as string })
  })

  it('knows a job without a handler', () => {
    expect(registered({}).handle).toBeUndefined()
  })

  it('takes a registry as well', () => {
    const jobs = registerJobs(new JobRegistry([defineJob({ type: 'mail', async handle() {} })]), random)
    expect(jobs.all.map((job) => job.type)).toEqual(['mail'])
  })

  it('does not take names of Object.prototype for jobs', () => {
    const jobs = registerJobs([], random)
    expect([jobs.get('toString'), jobs.get('__proto__'), jobs.get('constructor')]).toEqual([
      undefined,
      undefined,
      undefined,
    ])
    expect(registerJobs([{ type: 'toString', handle() {} }], random).get('toString')?.type).toBe('toString')
  })

  it.each<[string, object, string]>([
    ['an empty type', { type: '' }, 'jobs[].type'],
    ['a type with a space', { type: 'send mail' }, 'jobs[].type'],
    ['a type that begins with a dot', { type: '.mail' }, 'jobs[].type'],
    ['a type of 64 characters', { type: 'x'.repeat(64) }, 'jobs[].type'],
    ['__proto__', { type: '__proto__' }, 'jobs[].type'],
    ['a type that is no string', { type: { toString: () => 'mail' } }, 'jobs[].type'],
    ['a queue with a newline', { queue: 'mail\n' }, 'mail.queue'],
    ['a queue of SQL', { queue: "x'; drop table job; --" }, 'mail.queue'],
    ['no attempt', { maxAttempts: 0 }, 'mail.maxAttempts'],
    ['half an attempt', { maxAttempts: 1.5 }, 'mail.maxAttempts'],
    ['too many attempts', { maxAttempts: 32_768 }, 'mail.maxAttempts'],
    ['attempts as text', { maxAttempts: '3' }, 'mail.maxAttempts'],
    ['negative crashes', { maxCrashes: -1 }, 'mail.maxCrashes'],
    ['too many crashes', { maxCrashes: 32_767 }, 'mail.maxCrashes'],
    ['too low a priority', { priority: -32_769 }, 'mail.priority'],
    ['too high a priority', { priority: 32_768 }, 'mail.priority'],
    ['a priority that is no number', { priority: NaN }, 'mail.priority'],
    ['timeout 0', { timeout: 0 }, 'mail.timeout'],
    ['a negative timeout', { timeout: -1 }, 'mail.timeout'],
    ['timeout true', { timeout: true }, 'mail.timeout'],
    ['a timeout of years', { timeout: '366d' }, 'mail.timeout'],
    ['a retry delay with a wrong unit', { retryAfter: '30 seconds' }, 'mail.retryAfter'],
    ['a retry policy that is none', { retryAfter: {} }, 'mail.retryAfter'],
    ['retryAfter null', { retryAfter: null }, 'mail.retryAfter'],
    [
      'a retry policy with an unknown jitter',
      { retryAfter: { delayAfter: () => 0, jitter: 'some' } },
      'mail.retryAfter.jitter',
    ],
    ['a schema that is none', { schema: {} }, 'mail.payload'],
    ['a schema of another version', { schema: { '~standard': { version: 2, validate() {} } } }, 'mail.payload'],
    ['schema null', { schema: null }, 'mail.payload'],
    ['a handler that is no function', { handle: 'later' }, 'mail.handle'],
  ])('refuses %s and names the option', (_what, job, option) => {
    const register = () => registered(job)
    expect(register).toThrow(InvalidOptionError)
    expect(register).toThrow(expect.objectContaining({ option }) as Error)
  })

  it.each([[null], [undefined], ['send_email'], [() => 1]])('refuses %s as a job', (job) => {
    expect(() => registerJobs([job as never], random)).toThrow(InvalidOptionError)
  })

  it('refuses what is no list', () => {
    expect(() => registerJobs(undefined as never, random)).toThrow(InvalidOptionError)
    expect(() => registerJobs({} as never, random)).toThrow(InvalidOptionError)
  })

  it('refuses two jobs with one type', () => {
    const job = defineJob({ type: 'mail', async handle() {} })
    expect(() => registerJobs([job, { ...job }], random)).toThrow(DuplicateTypeError)
  })

  it('registers a job or throws a typed error, whatever its fields are', () => {
    const fields = [
      'type',
      'queue',
      'maxAttempts',
      'maxCrashes',
      'priority',
      'timeout',
      'retryAfter',
      'schema',
      'handle',
    ]
    const job = fc.record(Object.fromEntries(fields.map((field) => [field, fc.anything()])), { requiredKeys: [] })
    fc.assert(
      fc.property(job, (given) => {
        try {
          return registerJobs([{ type: 'mail', ...given } as never], random).all.length === 1
        } catch (error) {
          return InvalidOptionError.isInstance(error)
        }
      }),
    )
  })
})

describe('JobRegistry', () => {
  const mail = defineJob({ type: 'mail', async handle() {} })
  const image = defineJob({ type: 'image', async handle() {} })

  it('grows, and is the same registry', () => {
    const registry = new JobRegistry([mail])
    expect(registry.add(image)).toBe(registry)
    expect(registry.jobs).toEqual([mail, image])
  })

  it('gives its jobs as a copy', () => {
    const registry = new JobRegistry([mail])
    ;(registry.jobs as unknown as AnyJob[]).push(image)
    expect(registry.jobs).toEqual([mail])
  })

  it('refuses a type twice, at once', () => {
    expect(() => new JobRegistry([mail, mail])).toThrow(DuplicateTypeError)
    expect(() => new JobRegistry([mail]).add(mail)).toThrow(DuplicateTypeError)
  })

  it('refuses a bad job where it is added', () => {
    const wide = new JobRegistry<readonly AnyJob[]>([])
    expect(() => wide.add({ type: 'bad name', handle() {} })).toThrow(InvalidOptionError)
    expect(wide.jobs).toEqual([])
  })
})

describe('handleMany', () => {
  const many = async () => undefined

  it('has defaults', () => {
    expect(registered({ handleMany: many }).many).toMatchObject({ max: 100, waitMs: 50 })
    expect(registered({ handleMany: many, batch: { max: 7, wait: '1s' } }).many).toMatchObject({
      max: 7,
      waitMs: 1_000,
    })
    expect(registered({ handle: many }).many).toBeUndefined()
  })

  it.each<[string, object]>([
    ['mail.handleMany', { handleMany: many, handle: many }],
    ['mail.handleMany', { handleMany: 'no' }],
    ['mail.batch', { handle: many, batch: {} }],
    ['mail.batch.max', { handleMany: many, batch: { max: 0 } }],
    ['mail.batch.max', { handleMany: many, batch: { max: 1_001 } }],
    ['mail.batch.wait', { handleMany: many, batch: { wait: 'soon' } }],
    ['mail.batch.wait', { handleMany: many, batch: { wait: '61s' } }],
    ['mail.batch.wait', { handleMany: many, batch: { wait: '2s' }, timeout: '2s' }],
  ])('%s is refused in %j', (option, job) => {
    expect(() => registered(job)).toThrow(expect.objectContaining({ code: 'GPQ_INVALID_OPTION', option }))
  })
})

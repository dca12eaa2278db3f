import { parseDuration } from './duration.ts'
import { DuplicateTypeError, InvalidOptionError } from './errors.ts'
import type { BatchOptions } from './job/batch.ts'
import type { AnyJob } from './job/job.ts'
import { checkInteger, checkName, checkPriority } from './job/option-checks.ts'
import type { RegisteredBatch, RegisteredJob, RegisteredJobs } from './job/registered-job.ts'
import { checkJitter, defaultRetryPolicy, retryDelay, type RetryAfter } from './job/retry-policy.ts'
import type { StandardSchemaV1 } from './payload/standard-schema.ts'
import type { Random } from './random.ts'

/** The longest time one attempt may be given: a year. */
const longestTimeoutMs = 365 * 86_400_000
const longestWaitMs = 60_000

/**
 * The jobs of a process as a value that keeps their types; accepted wherever `jobs` is. A queue takes the jobs that are
 * there when it is made.
 *
 * @throws InvalidOptionError when an option of a job is wrong
 * @throws DuplicateTypeError when two jobs have the same type
 */
export class JobRegistry<const Jobs extends readonly AnyJob[]> {
  readonly #jobs: AnyJob[] = []

  constructor(jobs: Jobs) {
    for (const job of jobs) this.add(job)
  }

  get jobs(): Jobs {
    return [...this.#jobs] as readonly AnyJob[] as Jobs
  }

  /** Adds the job to this registry and returns it, typed with one job more. */
  add<const J extends AnyJob>(job: J): JobRegistry<readonly [...Jobs, J]> {
    checkJob(job)
    if (this.#jobs.some((other) => other.type === job.type)) throw new DuplicateTypeError(job.type)
    this.#jobs.push(job)
    return this as unknown as JobRegistry<readonly [...Jobs, J]>
  }
}

/**
 * Fills in every default and checks every option. `random` is for the jitter of retry policies.
 *
 * @throws InvalidOptionError, DuplicateTypeError
 */
export function registerJobs(jobs: readonly AnyJob[] | JobRegistry<readonly AnyJob[]>, random: Random): RegisteredJobs {
  // Not instanceof: the registry may come from a second installed copy of this package.
  const list: unknown = Array.isArray(jobs) ? jobs : (jobs as { readonly jobs?: unknown } | undefined)?.jobs
  if (!Array.isArray(list)) throw new InvalidOptionError('jobs', 'must be an array of jobs or a JobRegistry')
  const byType = new Map<string, RegisteredJob>()
  for (const job of list as readonly AnyJob[]) {
    const registered = registerJob(job, random)
    if (byType.has(registered.type)) throw new DuplicateTypeError(registered.type)
    byType.set(registered.type, registered)
  }
  return { get: (type) => byType.get(type), all: [...byType.values()] }
}

function checkJob(job: AnyJob): void {
  registerJob(job, { number: () => 0, bytes: (length) => new Uint8Array(length) })
}

function registerJob(job: AnyJob, random: Random): RegisteredJob {
  if (typeof job !== 'object' || job === null) throw new InvalidOptionError('jobs', 'must hold jobs only')
  const type = checkName('jobs[].type', job.type)
  const option = (name: string): string => `${type}.${name}`
  const retryAfter = retryAfterOf(job, option('retryAfter'))
  const timeoutMs = timeoutOf(job, option('timeout'))
  return {
    type,
    queue: checkName(option('queue'), job.queue ?? 'default'),
    priority: checkPriority(option('priority'), job.priority ?? 0),
    maxAttempts: checkInteger(option('maxAttempts'), job.maxAttempts ?? 10, { least: 1, most: 32_767 }),
    maxCrashes: checkInteger(option('maxCrashes'), job.maxCrashes ?? 3, { least: 0, most: 32_766 }),
    timeoutMs,
    schema: schemaOf(job, option('payload')),
    handle: handleOf(job, option('handle')),
    many: batchOf(job, type, timeoutMs),
    retryDelay: (attempt, error) => retryDelay(retryAfter, attempt, { error, random }),
  }
}

function timeoutOf(job: AnyJob, option: string): number | undefined {
  if (job.timeout === false) return undefined
  const timeoutMs = parseDuration(job.timeout ?? '15m', option)
  if (timeoutMs >= 1 && timeoutMs <= longestTimeoutMs) return timeoutMs
  throw new InvalidOptionError(option, 'must be between 1 ms and one year; `false` switches it off')
}

/** A class's `retryAfter` is a method: it is called on its object. */
function retryAfterOf(job: AnyJob, option: string): RetryAfter {
  const { retryAfter } = job
  if (retryAfter === undefined) return defaultRetryPolicy
  if (typeof retryAfter === 'function') return (attempt, error) => retryAfter.call(job, attempt, error)
  if (typeof retryAfter !== 'object') return parseDuration(retryAfter, option)
  if (typeof retryAfter?.delayAfter !== 'function') {
    throw new InvalidOptionError(option, 'must be a duration, a policy, or a function that gives a duration')
  }
  checkJitter(`${option}.jitter`, retryAfter.jitter ?? 'none')
  return retryAfter
}

function schemaOf(job: AnyJob, option: string): StandardSchemaV1 | undefined {
  const schema = fieldOf(job, 'schema') as StandardSchemaV1 | undefined
  if (schema === undefined) return undefined
  const standard = (schema as Partial<StandardSchemaV1> | null)?.['~standard']
  if (standard?.version === 1 && typeof standard.validate === 'function') return schema
  throw new InvalidOptionError(option, 'must be a Standard Schema (zod, valibot, arktype, …)')
}

function handleOf(job: AnyJob, option: string): RegisteredJob['handle'] {
  const handle = fieldOf(job, 'handle')
  if (handle === undefined) return undefined
  if (typeof handle !== 'function') throw new InvalidOptionError(option, 'must be a function')
  return (payload, context) => handle.call(job, payload, context) as unknown
}

function batchOf(job: AnyJob, type: string, timeoutMs = Infinity): RegisteredBatch | undefined {
  const batch = fieldOf(job, 'batch') as BatchOptions | undefined
  const handleMany = fieldOf(job, 'handleMany')
  if (handleMany === undefined) {
    if (batch !== undefined) throw new InvalidOptionError(`${type}.batch`, 'needs `handleMany`')
    return undefined
  }
  if (typeof handleMany !== 'function') throw new InvalidOptionError(`${type}.handleMany`, 'must be a function')
  if (fieldOf(job, 'handle') !== undefined) throw new InvalidOptionError(`${type}.handleMany`, 'excludes `handle`')
  const waitMs = parseDuration(batch?.wait ?? '50ms', `${type}.batch.wait`)
  if (waitMs > longestWaitMs || waitMs >= timeoutMs) {
    throw new InvalidOptionError(`${type}.batch.wait`, 'must be at most one minute, and less than `timeout`')
  }
  const max = checkInteger(`${type}.batch.max`, batch?.max ?? 100, { least: 1, most: 1_000 })
  return { max, waitMs, handle: (jobs, context) => handleMany.call(job, jobs, context) as unknown }
}

/** A field that not every form of job has. */
function fieldOf(job: AnyJob, field: 'schema' | 'handle' | 'handleMany' | 'batch'): unknown {
  return (job as unknown as Readonly<Record<string, unknown>>)[field]
}

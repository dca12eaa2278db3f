import { parseDuration, type Duration } from '../duration.ts'
import { InvalidOptionError, InvalidPayloadError } from '../errors.ts'
import type { DispatchOptions } from '../job/job-options.ts'
import { checkName, checkPriority } from '../job/option-checks.ts'
import type { RegisteredJob } from '../job/registered-job.ts'
import type { NewJobRecord, UniqueKey } from '../job/stored-job.ts'
import { encodeMeta, encodePayload } from '../payload/encode-json.ts'
import { validatePayload } from '../payload/validate-payload.ts'

const maxTags = 16
const longestDelayMs = 100 * 365 * 86_400_000
const maxUniqueKeyLength = 1_024

/** The dispatch options core knows; every other key must be one of the driver's `callerOptions`. */
export const dispatchOptionNames: ReadonlySet<string> = new Set([
  'delay',
  'availableAt',
  'priority',
  'tags',
  'meta',
  'expiresAt',
  'queue',
  'unique',
])

/**
 * Validates everything a dispatch says and fills in the defaults of the job. The schema's output is thrown away: what
 * was given is stored, and validated again before it is handled. Throws `InvalidPayloadError`, `PayloadTooLargeError`,
 * `InvalidOptionError`.
 */
export async function newJobRecord(
  job: RegisteredJob,
  payload: unknown,
  options: DispatchOptions = {},
): Promise<NewJobRecord> {
  if (job.schema !== undefined) {
    const checked = await validatePayload(job.schema, payload)
    if ('issues' in checked) throw new InvalidPayloadError(job.type, checked.issues)
  }
  return {
    type: job.type,
    queue: options.queue === undefined ? job.queue : checkName('queue', options.queue),
    payload: encodePayload(job.type, payload),
    priority: options.priority === undefined ? job.priority : checkPriority('priority', options.priority),
    maxAttempts: job.maxAttempts,
    maxCrashes: job.maxCrashes,
    ...start(options),
    ...(options.expiresAt === undefined ? {} : { expiresAt: checkInstant('expiresAt', options.expiresAt) }),
    ...(options.unique === undefined ? {} : { unique: uniqueKey(job.type, options.unique) }),
    ...(options.tags === undefined ? {} : { tags: checkTags(options.tags) }),
    ...(options.meta === undefined ? {} : { meta: encodeMeta(job.type, options.meta) }),
  }
}

function start(options: DispatchOptions): { delayMs?: number } | { availableAt?: number } {
  if (options.delay !== undefined && options.availableAt !== undefined)
    throw new InvalidOptionError('availableAt', 'give either `delay` or `availableAt`, not both')
  if (options.delay !== undefined) return { delayMs: checkDelay(options.delay) }
  return options.availableAt === undefined ? {} : { availableAt: checkInstant('availableAt', options.availableAt) }
}

function checkDelay(delay: Duration): number {
  const delayMs = parseDuration(delay, 'delay')
  if (delayMs > longestDelayMs) throw new InvalidOptionError('delay', 'must be at most 100 years')
  return delayMs
}

/** Instants a database and a person can both read: years 1970 to 9999. */
function checkInstant(option: string, instant: unknown): number {
  const at = isDate(instant) ? instant.getTime() : Number.NaN
  if (!(at >= 0 && at <= 253_402_300_799_999))
    throw new InvalidOptionError(option, 'must be a valid Date up to the year 9999')
  return at
}

/** Also a Date of another realm; core itself never makes one. */
function isDate(value: unknown): value is Date {
  return Object.prototype.toString.call(value) === '[object Date]'
}

function checkTags(tags: unknown): readonly string[] {
  if (!Array.isArray(tags) || tags.length > maxTags)
    throw new InvalidOptionError('tags', `must be an array of at most ${maxTags} names`)
  return tags.map((tag: unknown, index) => checkName(`tags[${index}]`, tag))
}

/** Keys of different types never meet: the type is part of the key. */
function uniqueKey(type: string, unique: NonNullable<DispatchOptions['unique']>): UniqueKey {
  const { key, onConflict = 'return' } = unique
  if (typeof key !== 'string' || key.length === 0 || key.length > maxUniqueKeyLength || !isStorable(key))
    throw new InvalidOptionError(
      'unique.key',
      `must be 1 to ${maxUniqueKeyLength} characters, without NUL or lone surrogates`,
    )
  if (onConflict !== 'return' && onConflict !== 'reject')
    throw new InvalidOptionError('unique.onConflict', "must be 'return' or 'reject'")
  return { key: `${type} ${key}`, onConflict }
}

function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0')
}

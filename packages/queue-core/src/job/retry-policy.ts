import { durationMs, parseDuration, type Duration } from '../duration.ts'
import { InvalidOptionError } from '../errors.ts'
import type { Random } from '../random.ts'

/**
 * `none`: the delay itself. `full`: anywhere between nothing and the delay. `equal`: between half of it and all of it.
 * From "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
 */
export type Jitter = 'none' | 'full' | 'equal'

export interface RetryPolicy {
  /** The wait after failed attempt `attempt`, counted from 1. */
  delayAfter(attempt: number, error: unknown): Duration
  /** How the wait is spread; the queue draws the random number. Default `none`. */
  readonly jitter?: Jitter
}

export type RetryAfter = Duration | RetryPolicy | ((attempt: number, error: unknown) => Duration)

export interface RetryDelay {
  /** Whole milliseconds, 0 … one year. */
  readonly delayMs: number
  /** Why the default policy stood in. */
  readonly warning?: string
}

const oneYearMs = 365 * 86_400_000

export const defaultRetryPolicy: RetryPolicy = exponential({ base: '1s', max: '1h', jitter: 'full' })

/** Always the same wait. */
export function constant(delay: Duration): RetryPolicy {
  const delayMs = parseDuration(delay, 'constant')
  return { delayAfter: () => delayMs }
}

/**
 * `base × factorⁿ⁻¹` after attempt n, at most `max`; `factor` is 2 unless given. With base 30 s and max 10 m: 30 s, 1 m,
 * 2 m, 4 m, 8 m, 10 m, 10 m, …
 *
 * @throws InvalidOptionError when base or max is not a positive duration, max is less than base, factor is less than 1,
 * or jitter is none of these words
 */
export function exponential(options: { base: Duration; max: Duration; factor?: number; jitter?: Jitter }): RetryPolicy {
  const { factor = 2, jitter = 'none' } = options
  const baseMs = parseDuration(options.base, 'exponential.base')
  const maxMs = parseDuration(options.max, 'exponential.max')
  if (baseMs === 0) throw new InvalidOptionError('exponential.base', 'must be more than 0.')
  if (maxMs < baseMs) throw new InvalidOptionError('exponential.max', 'must not be less than base.')
  if (!(factor >= 1 && factor < Infinity)) throw new InvalidOptionError('exponential.factor', 'must be 1 or more.')
  return {
    jitter: checkJitter('exponential.jitter', jitter),
    delayAfter: (attempt) => Math.min(maxMs, baseMs * factor ** (attempt - 1)),
  }
}

/** The wait after a failed attempt. Never throws: a policy that throws or gives no duration is replaced by the default. */
export function retryDelay(
  retryAfter: RetryAfter,
  attempt: number,
  context: { readonly error: unknown; readonly random: Random },
): RetryDelay {
  try {
    const asked = ask(retryAfter, attempt, context.error)
    const ms = durationMs(asked.delay)
    if (ms !== undefined) return { delayMs: spread(Math.min(ms, oneYearMs), asked.jitter, context.random) }
    return byDefault(attempt, context.random, 'retryAfter gave no duration')
  } catch {
    return byDefault(attempt, context.random, 'retryAfter threw an error')
  }
}

function ask(retryAfter: RetryAfter, attempt: number, error: unknown): { delay: unknown; jitter: Jitter } {
  if (typeof retryAfter === 'function') return { delay: retryAfter(attempt, error), jitter: 'none' }
  if (typeof retryAfter !== 'object') return { delay: retryAfter, jitter: 'none' }
  return { delay: retryAfter.delayAfter(attempt, error), jitter: retryAfter.jitter ?? 'none' }
}

function byDefault(attempt: number, random: Random, warning: string): RetryDelay {
  const delayMs = durationMs(defaultRetryPolicy.delayAfter(attempt, undefined)) ?? 0
  return { delayMs: spread(delayMs, 'full', random), warning: `${warning}; the default policy is used` }
}

function spread(delayMs: number, jitter: Jitter, random: Random): number {
  if (jitter === 'full') return Math.round(delayMs * random.number())
  if (jitter === 'equal') return Math.round((delayMs / 2) * (1 + random.number()))
  return delayMs
}

/** Throws `InvalidOptionError` unless `value` is a jitter. */
export function checkJitter(option: string, value: unknown): Jitter {
  if (value === 'none' || value === 'full' || value === 'equal') return value
  throw new InvalidOptionError(option, "must be 'none', 'full' or 'equal'.")
}

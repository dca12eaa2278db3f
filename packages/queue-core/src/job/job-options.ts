import type { Duration } from '../duration.ts'
import type { Json } from '../payload/json.ts'
import type { RetryAfter } from './retry-policy.ts'
import type { JobId } from './stored-job.ts'

/** What a job says about itself, besides its type. The defaults are in brackets. */
export interface JobDefaults {
  /** The line it waits in (`default`). */
  readonly queue?: string
  /** Attempts in all, 1 … 32767 (10). */
  readonly maxAttempts?: number
  /** The wait before the next attempt (`exponential({ base: '1s', max: '1h', jitter: 'full' })`). */
  readonly retryAfter?: RetryAfter
  /** How long one attempt may run; `false` is for ever (`15m`). */
  readonly timeout?: Duration | false
  /** How many crashes of its worker it survives, 0 … 32766 (3). */
  readonly maxCrashes?: number
  /** Lower runs first, −32768 … 32767 (0). */
  readonly priority?: number
}

/** Options of one dispatch; they win over the definition's. */
export interface DispatchOptions {
  /** Not before this has passed, by the database's clock. */
  delay?: Duration
  /** Not before this instant. Excludes `delay`. */
  availableAt?: Date
  /** Lower runs first, −32768 … 32767. */
  priority?: number
  tags?: readonly string[]
  /** A JSON object that travels with the job beside its payload. */
  meta?: { readonly [key: string]: Json }
  /** If it has not started by then, it fails as `expired`. */
  expiresAt?: Date
  queue?: string
  /** At most one job of this type that has not ended holds the key. `return` (default): the holder is answered. */
  unique?: { key: string; onConflict?: 'return' | 'reject' }
}

export interface Dispatched<Result> {
  readonly id: JobId
  /** False when another job holds the unique key: `id` is that job's. */
  readonly created: boolean
  /** Carries the type of the result; never there at run time. */
  readonly '~result'?: Result
}

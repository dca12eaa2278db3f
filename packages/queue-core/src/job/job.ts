import type { Duration } from '../duration.ts'
import type { Logger } from '../logger.ts'
import type { Json } from '../payload/json.ts'
import type { HandlerOutcome } from './handler-outcome.ts'
import type { AnyJob, PayloadIn, ResultFor } from './job-definition.ts'
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

/**
 * A job as a class or an object: what it is called, and what it does.
 *
 * @example
 * class ProcessImage implements Job<ImagePayload> {
 *   readonly type = 'process_image'
 *   retryAfter(attempt: number): Duration { return `${attempt}m` }
 *   async handle(payload: ImagePayload, context: JobContext): Promise<void> { … }
 * }
 */
export interface Job<Payload = unknown, Result = unknown> extends JobDefaults {
  readonly type: string
  handle(payload: Payload, context: JobContext): Promise<Result> | Result
}

/** What a handler learns about its attempt, and what it can do besides returning and throwing. */
export interface JobContext {
  readonly jobId: JobId
  readonly type: string
  readonly queue: string
  /** From 1. */
  readonly attempt: number
  readonly maxAttempts: number
  /** What its dispatch and middleware stored beside the payload; `{}` when nothing was. Every attempt reads the same. */
  readonly meta: Readonly<Record<string, unknown>>
  /** Aborted at the timeout, on cancel, when the worker stops, and when the lease is lost; `reason` says which. */
  readonly signal: AbortSignal
  /** Adds the job to every line. */
  readonly logger: Logger
  /** From 0 to 100. Never waits for the database; the last value wins, and is stored at most once a second. */
  progress(percent: number): void
  /**
   * Keeps a line with the job, by default at level `info`, where the driver can: cut at 2 KiB, the first thousand of an
   * attempt. Never waits for the database. `logger` writes to the application's log, and keeps nothing.
   */
  log(message: string, level?: 'debug' | 'info' | 'warn' | 'error'): void
  /** Stores another job, also if this attempt fails afterwards. Inside `complete`: only together with it. */
  readonly dispatch: DispatchAny
  /**
   * Runs `work` in a transaction that commits together with this job's end, or not at all: `work`'s value is the job's
   * result, and what the handler returns. Once it has resolved the job is finished, whatever the handler does next.
   *
   * What `work` throws rolls back and is thrown here; then it may be called again. Throws `JobAbortedError`, after the
   * rollback, when the job was cancelled or is no longer this attempt's, `TimeoutError` after the timeout,
   * `TransactionError` when the attempt is over, `UnsupportedError` when the driver has no transactions.
   */
  complete<R>(work: (transaction: Transaction) => Promise<R>): Promise<R>
  /** To be returned: run again after `delay`, with the attempt given back. */
  snooze(delay: Duration, reason?: string): HandlerOutcome
  /** To be returned: end this job as cancelled. */
  cancel(reason: string): HandlerOutcome
}

/**
 * The type of the caller's transaction. Each adapter adds one member, named after itself, when it is imported:
 * `declare module '@goplate/queue-core' { interface TransactionTypes { mikroorm: EntityManager } }`. TypeScript follows
 * the re-export, so the merge reaches this declaration from either entry, in the sources and when built (tested).
 */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- adapters merge their members into it
export interface TransactionTypes {}
export type Transaction = [keyof TransactionTypes] extends [never] ? unknown : TransactionTypes[keyof TransactionTypes]

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

export interface DispatchAny {
  <J extends AnyJob>(job: J, payload: PayloadIn<J>, options?: DispatchOptions): Promise<Dispatched<ResultFor<J>>>
}

import type { Duration } from '../duration.ts'
import type { Logger } from '../logger.ts'
import type { HandlerOutcome } from './handler-outcome.ts'
import type { JobDefinition } from './job-definition.ts'
import type { Dispatched, DispatchOptions, JobDefaults } from './job-options.ts'
import type { JobId } from './stored-job.ts'

/**
 * A job as a class or an object: what it is called, and what it does.
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
 * `declare module '@goplate/queue-core' { interface TransactionTypes { mikroorm: EntityManager } }`.
 */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- adapters merge their members into it
export interface TransactionTypes {}
export type Transaction = [keyof TransactionTypes] extends [never] ? unknown : TransactionTypes[keyof TransactionTypes]

export interface DispatchAny {
  <J extends AnyJob>(job: J, payload: PayloadIn<J>, options?: DispatchOptions): Promise<Dispatched<ResultFor<J>>>
}

/* eslint-disable @typescript-eslint/no-explicit-any -- a definition takes its own payload: only `any` stands for all */
export type AnyDefinition = JobDefinition<string, any, any, any, string>
export type AnyJob = AnyDefinition | Job<any, any>

export type TypeOf<J> = J extends { readonly type: infer T extends string } ? T : never

/** What `dispatch` takes for this job. */
export type PayloadIn<J> =
  J extends JobDefinition<string, infer In, any, any, string> ? In : J extends Job<infer P, any> ? P : never

/** What `waitFor` gives for this job. */
export type ResultFor<J> =
  J extends JobDefinition<string, any, any, infer R, string>
    ? R
    : J extends Job<any, infer R>
      ? Exclude<R, HandlerOutcome>
      : never

export type QueueOf<J> = J extends { readonly queue: infer Q extends string } ? Q : 'default'
/* eslint-enable @typescript-eslint/no-explicit-any */

import type { Duration } from '../duration.ts'
import type { Logger } from '../logger.ts'
import type { HandlerOutcome } from './handler-outcome.ts'
import type { DispatchAny, Transaction } from './job.ts'
import type { JobId } from './stored-job.ts'

/** How jobs are collected for one call of `handleMany`. The defaults are in brackets. */
export interface BatchOptions {
  /**
   * The most jobs in one call, 1 … 1,000 (100). Each takes a slot of the worker, so a worker with less `concurrency`
   * makes smaller batches.
   */
  readonly max?: number
  /** How long the first job of a batch waits for more, at most a minute, less than `timeout` (`50ms`). */
  readonly wait?: Duration
}

/** One job of a batch. The first outcome it is given counts, at once, whatever becomes of the call. */
export interface BatchJob<Payload> {
  readonly id: JobId
  readonly payload: Payload
  /** From 1. */
  readonly attempt: number
  readonly maxAttempts: number
  /** What its dispatch and middleware stored beside the payload; `{}` when nothing was. */
  readonly meta: Readonly<Record<string, unknown>>
  /** Aborted at this job's timeout, on its cancel, when the worker stops, and when its lease is lost. */
  readonly signal: AbortSignal
  /** From 0 to 100. */
  progress(percent: number): void
  /** Keeps a line with this job. */
  log(message: string, level?: 'debug' | 'info' | 'warn' | 'error'): void
  /** Stores another job. Inside `complete` of this job: only together with it. */
  readonly dispatch: DispatchAny
  /**
   * Runs `work` in a transaction that commits together with this job's end, or not at all, as `context.complete` of a
   * job alone does; `work`'s value is its result. Each job of a batch has a transaction of its own. What it throws is
   * this job's: one that `handleMany` does not catch fails every job that has no outcome yet.
   */
  complete<R>(work: (transaction: Transaction) => Promise<R>): Promise<R>
  /** This job is done, also if the call throws later. */
  finish(result?: unknown): void
  /** This job failed, as if its own handler had thrown the error. */
  fail(error: unknown): void
  /** Run this job again after `delay`, with the attempt given back. */
  snooze(delay: Duration, reason?: string): HandlerOutcome
  /** End this job as cancelled. */
  cancel(reason: string): HandlerOutcome
}

/** What a call of `handleMany` is about, besides its jobs. */
export interface BatchContext {
  readonly type: string
  /** Aborted when every job of the batch is. */
  readonly signal: AbortSignal
  readonly logger: Logger
  /** Stores another job, whatever becomes of this call. */
  readonly dispatch: DispatchAny
}

/** Results of a batch: one per job in their order, or by the id of the job, or none. An `Error` fails its job. */
export type BatchResults = readonly unknown[] | ReadonlyMap<string, unknown> | undefined | void

/** What `handleMany` returns where the result of one job is given: by the `result` of a split definition. */
export type BatchResultsWith<Result> = [unknown] extends [Result]
  ? BatchResults
  : | readonly (Result | HandlerOutcome | Error)[]
    | ReadonlyMap<string, Result | HandlerOutcome | Error>
    | (undefined extends Result ? undefined | void : never)

/** The result of one job, in what `handleMany` returns for all. */
export type BatchResultOf<R> =
  Awaited<R> extends readonly (infer One)[]
    ? Exclude<One, HandlerOutcome | Error>
    : Awaited<R> extends ReadonlyMap<string, infer One>
      ? Exclude<One, HandlerOutcome | Error> | undefined
      : unknown

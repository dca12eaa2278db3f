import type { BatchContext, BatchJob, BatchOptions, BatchResultOf, BatchResultsWith } from './batch.ts'
import type { HandlerOutcome } from './handler-outcome.ts'
import type { JobContext } from './job.ts'
import type { JobDefinition } from './job-definition.ts'

/** The result in what a handler returns: an outcome it chose is none. */
export type ResultOf<R> = Exclude<Awaited<R>, HandlerOutcome>

/** A definition that can run. `handle` is a method, not a property: only so are definitions of all payloads `AnyJob`s. */
export interface HandledJob<Type extends string, In, Out, Result, Q extends string> extends JobDefinition<
  Type,
  In,
  Out,
  Result,
  Q
> {
  handle(payload: Out, context: JobContext): Promise<unknown>
}

/** A definition whose jobs are handled many at once. */
export interface BatchedJob<Type extends string, In, Out, Result, Q extends string> extends JobDefinition<
  Type,
  In,
  Out,
  Result,
  Q
> {
  readonly batch?: BatchOptions
  handleMany(jobs: readonly BatchJob<Out>[], context: BatchContext): Promise<unknown>
}

/** A definition made without `handle`; the worker's side adds it. */
export interface SplitJob<Type extends string, In, Out, Result, Q extends string> extends JobDefinition<
  Type,
  In,
  Out,
  Result,
  Q
> {
  /** The same definition, handled many at once. */
  handledBy<R extends BatchResultsWith<Result>>(many: {
    batch?: BatchOptions
    handle?: never
    handleMany(jobs: readonly BatchJob<Out>[], context: BatchContext): Promise<R> | R
  }): BatchedJob<Type, In, Out, [unknown] extends [Result] ? BatchResultOf<R> : Result, Q>
  /** The same definition with a handler. The value it is called on stays without one. */
  handledBy<R extends ([unknown] extends [Result] ? unknown : Result | HandlerOutcome)>(
    handle:
      Handle<Out, R> | { handleMany?: never; batch?: never; handle(payload: Out, context: JobContext): Promise<R> | R },
  ): HandledJob<Type, In, Out, [unknown] extends [Result] ? ResultOf<R> : Result, Q>
}

export type Handle<Payload, R> = (payload: Payload, context: JobContext) => Promise<R> | R

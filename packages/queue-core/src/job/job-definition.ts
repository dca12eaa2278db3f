import type { StandardSchemaV1 } from '../payload/standard-schema.ts'
import type { BatchContext, BatchJob, BatchOptions, BatchResultOf, BatchResultsWith } from './batch.ts'
import type { HandlerOutcome } from './handler-outcome.ts'
import type { DispatchOptions, Job, JobContext, JobDefaults } from './job.ts'

/** The result in what a handler returns: an outcome it chose is none. */
export type ResultOf<R> = Exclude<Awaited<R>, HandlerOutcome>

/** What a producer needs: type, payload types, defaults. Carries no handler. */
export interface JobDefinition<Type extends string, In, Out, Result, Q extends string> extends JobDefaults {
  readonly type: Type
  readonly queue: Q
  readonly schema?: StandardSchemaV1<In, Out>
  /** Carries the types; never there at run time. */
  readonly '~types'?: { in: In; out: Out; result: Result }
  /** One entry of `queue.dispatchAll([…])`. */
  with(payload: In, options?: DispatchOptions): NewJob<Type, Result>
}

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

/** A job that is yet to be dispatched, by `definition.with(…)` or `newJob(…)`. */
export interface NewJob<Type extends string, Result> {
  readonly type: Type
  readonly payload: unknown
  /** The definition or class job it was made with. */
  readonly job: { readonly type: string }
  readonly options: DispatchOptions | undefined
  /** Carries the type of the result; never there at run time. */
  readonly '~result'?: Result
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

type IsHandled<J> = J extends { handle: (...args: any) => unknown } | { handleMany: (...args: any) => unknown }
  ? true
  : false
/* eslint-enable @typescript-eslint/no-explicit-any */

/** The types of those jobs that have no handler. A wide type (`AnyJob`) tells nothing, and is checked at run time. */
export type Unhandled<J> =
  string extends TypeOf<J> ? never : J extends unknown ? (IsHandled<J> extends true ? never : TypeOf<J>) : never

type TypesOf<L extends readonly AnyJob[]> = { [I in keyof L]: TypeOf<L[I]> }
type Repeated<T extends readonly unknown[], Seen = never> = T extends readonly [infer H, ...infer R]
  ? string extends H
    ? Repeated<R, Seen>
    : H extends Seen
      ? H
      : Repeated<R, Seen | H>
  : never

/**
 * Nothing when every type is there once, else an error that names the type. It walks the tuple of type names:
 * comparing each job with each other costs sixteen times the instantiations at 300 jobs.
 */
export type NoDuplicates<L extends readonly AnyJob[]> = [Repeated<TypesOf<L>>] extends [never]
  ? unknown
  : { jobs: { 'duplicate job type': Repeated<TypesOf<L>> } }

/** A job of these types: so that the half without a handler is accepted where the handled one is registered. */
export type Accepts<Types extends string, J> =
  TypeOf<J> extends Types ? unknown : { 'job is not registered with this queue': TypeOf<J> }

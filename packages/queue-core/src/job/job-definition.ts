import type { StandardSchemaV1 } from '../payload/standard-schema.ts'
import type { DispatchOptions, JobDefaults } from './job-options.ts'

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

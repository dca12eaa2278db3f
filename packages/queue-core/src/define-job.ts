import type { BatchContext, BatchJob, BatchOptions, BatchResultOf, BatchResults } from './job/batch.ts'
import type { BatchedJob, Handle, HandledJob, ResultOf, SplitJob } from './job/handled-job.ts'
import type { AnyJob, PayloadIn, ResultFor, TypeOf, JobContext } from './job/job.ts'
import type { NewJob } from './job/job-definition.ts'
import type { DispatchOptions, JobDefaults } from './job/job-options.ts'
import type { JsonInput } from './payload/json.ts'
import type { InputOf, OutputOf, StandardSchemaV1 } from './payload/standard-schema.ts'

type Options<Type extends string, Q extends string> = Omit<JobDefaults, 'queue'> & { type: Type; queue?: Q }
interface OneByOne {
  handleMany?: never
  batch?: never
}
interface ManyAtOnce<Payload, R> {
  batch?: BatchOptions
  handle?: never
  handleMany(jobs: readonly BatchJob<Payload>[], context: BatchContext): Promise<R> | R
}

/**
 * Makes a job definition: one value that carries type, payload type, result type, defaults and, unless it is split, the
 * handler. Nothing is checked here but types; a `Queue` or `JobRegistry` checks the values when it is made.
 *
 * @example
 * export const sendEmail = defineJob({
 *   type: 'send_email',
 *   payload: z.object({ to: z.email(), subject: z.string() }), // any Standard Schema; optional
 *   maxAttempts: 3,
 *   retryAfter: exponential({ base: '30s', max: '10m' }),
 *   async handle(payload, context) { await mailer.sendMail(payload) },
 * })
 */
export function defineJob<const Type extends string, P, R, const Q extends string = 'default'>(
  options: Options<Type, Q> & OneByOne & { payload?: never; handle(payload: P, context: JobContext): Promise<R> | R },
): HandledJob<Type, P, P, ResultOf<R>, Q>
/** Handled many at once: each job is settled on its own, by its result or by what is said of it. */
export function defineJob<const Type extends string, P, R extends BatchResults, const Q extends string = 'default'>(
  options: Options<Type, Q> & ManyAtOnce<P, R> & { payload?: never },
): BatchedJob<Type, P, P, BatchResultOf<R>, Q>
export function defineJob<
  const Type extends string,
  S extends StandardSchemaV1,
  R extends BatchResults,
  const Q extends string = 'default',
>(
  options: Options<Type, Q> & ManyAtOnce<OutputOf<S>, R> & { payload: S } & JsonInput<NoInfer<S>>,
): BatchedJob<Type, InputOf<S>, OutputOf<S>, BatchResultOf<R>, Q>
/** Split: without a handler; `definition.handledBy(…)` adds it. `result` types what that handler must return. */
export function defineJob<
  const Type extends string,
  S extends StandardSchemaV1,
  RS extends StandardSchemaV1 = StandardSchemaV1<unknown, unknown>,
  const Q extends string = 'default',
>(
  options: Options<Type, Q> & OneByOne & { payload: S; result?: RS; handle?: never } & JsonInput<NoInfer<S>>,
): SplitJob<Type, InputOf<S>, OutputOf<S>, OutputOf<RS>, Q>
// Last, because the compiler reports the last overload: its message is the one most users can act on.
export function defineJob<const Type extends string, S extends StandardSchemaV1, R, const Q extends string = 'default'>(
  options: Options<Type, Q> &
    OneByOne & {
      payload: S
      handle(payload: OutputOf<S>, context: JobContext): Promise<R> | R
    } & JsonInput<NoInfer<S>>,
): HandledJob<Type, InputOf<S>, OutputOf<S>, ResultOf<R>, Q>
export function defineJob(options: LooseOptions): object {
  const { payload: schema, handle, handleMany, batch: _batch, result: _typesOnly, queue = 'default', ...rest } = options
  const shared = { ...rest, queue, ...(schema && { schema }) }
  if (handleMany !== undefined) return batchedBy(shared, options as LooseBatch)
  return handle ? handled(shared, handlerOf(options as LooseHandler)) : split(shared)
}

/** A payload type without a schema: all that is checked at run time is that it is JSON. */
export function payloadOf<P>(): StandardSchemaV1<P, P> {
  return { '~standard': { version: 1, vendor: 'goplate', validate: (value) => ({ value: value as P }) } }
}

/** For class jobs what `definition.with(…)` is for definitions: one entry of `queue.dispatchAll([…])`. */
export function newJob<J extends AnyJob>(
  job: J,
  payload: PayloadIn<J>,
  options?: DispatchOptions,
): NewJob<TypeOf<J>, ResultFor<J>> {
  return { type: job.type as TypeOf<J>, payload, job, options }
}

type LooseHandle = Handle<unknown, unknown>
type LooseHandler = { handle: LooseHandle }
type LooseHandleMany = (jobs: readonly BatchJob<unknown>[], context: BatchContext) => unknown
interface LooseBatch {
  readonly batch?: BatchOptions
  readonly handleMany: LooseHandleMany
}
interface LooseOptions extends JobDefaults {
  readonly type: string
  readonly payload?: StandardSchemaV1
  readonly result?: StandardSchemaV1
  readonly handle?: LooseHandle
  readonly batch?: BatchOptions
  readonly handleMany?: LooseHandleMany
}
interface Shared extends JobDefaults {
  readonly type: string
}

function split(shared: Shared): object {
  return dispatchable({
    ...shared,
    handledBy: (how: LooseHandle | LooseHandler | LooseBatch) =>
      isMany(how) ? batchedBy(shared, how) : handled(shared, handlerOf(how)),
  })
}

function handled(shared: Shared, handle: LooseHandle): object {
  return dispatchable({ ...shared, handle: async (payload: unknown, context: JobContext) => handle(payload, context) })
}

function batchedBy(shared: Shared, many: LooseBatch): object {
  const call = async (jobs: readonly BatchJob<unknown>[], context: BatchContext) => many.handleMany(jobs, context)
  return dispatchable({ ...shared, ...(many.batch && { batch: many.batch }), handleMany: call })
}

function dispatchable<T extends Shared>(job: T): object {
  const definition: object = Object.freeze({
    ...job,
    with: (payload: unknown, options?: DispatchOptions) => ({ type: job.type, payload, job: definition, options }),
  })
  return definition
}

function isMany(how: LooseHandle | LooseHandler | LooseBatch): how is LooseBatch {
  return (how as Partial<LooseBatch>).handleMany !== undefined
}

/** A function as it is; an object's method with its own `this`. */
function handlerOf(handle: LooseHandle | LooseHandler): LooseHandle {
  return typeof handle === 'function' ? handle : (payload, context) => handle.handle(payload, context)
}

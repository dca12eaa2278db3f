import type { AnyJob, TypeOf } from './job.ts'

/* eslint-disable @typescript-eslint/no-explicit-any -- a handler takes its own payload: only `any` stands for all */
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

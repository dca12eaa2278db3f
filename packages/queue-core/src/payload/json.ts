import type { InputOf, StandardSchemaV1 } from './standard-schema.ts'

/** What JSON can hold. A property that is `undefined` counts as absent. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json | undefined }

/** JSON as text. Core encodes and decodes; drivers keep every character. */
export type JsonText = string

type Scalar = string | number | boolean | null | undefined
type NeverJson =
  | bigint
  | symbol
  | ((...args: never[]) => unknown)
  | Date
  | ReadonlyMap<unknown, unknown>
  | ReadonlySet<unknown>
  | ArrayBufferView

/**
 * T where JSON keeps it, `never` where it does not: T is storable when it is assignable to `JsonOf<T>`. `any` and
 * `unknown` pass; the encoder checks their values.
 */
export type JsonOf<T> = 0 extends 1 & T
  ? T
  : unknown extends T
    ? T
    : T extends Scalar
      ? T
      : T extends NeverJson
        ? never
        : T extends object
          ? { [K in keyof T]: JsonOf<T[K]> }
          : never

/** What the compiler shows beside a payload schema that takes something JSON cannot hold. */
export interface NotJson {
  "payload is not JSON: use z.iso.datetime(), z.string(), … as the schema's input": never
}

/**
 * Intersected with the options of a definition, never with the schema itself: arktype's types are too deep for that
 * (TS2589).
 */
export type JsonInput<S extends StandardSchemaV1> = [InputOf<S>] extends [JsonOf<InputOf<S>>]
  ? unknown
  : { payload: NotJson }

/**
 * The types of Standard Schema, version 1 (https://standardschema.dev), which libraries carry themselves: a schema of zod,
 * valibot or arktype is accepted without depending on it.
 */
export interface StandardSchemaV1<Input = unknown, Output = Input> {
  readonly '~standard': SchemaProperties<Input, Output>
}

export interface SchemaProperties<Input = unknown, Output = Input> {
  readonly version: 1
  readonly vendor: string
  readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>
  /** Never there at run time; carries the types. */
  readonly types?: SchemaTypes<Input, Output> | undefined
}

export interface SchemaTypes<Input = unknown, Output = Input> {
  readonly input: Input
  readonly output: Output
}

export type SchemaResult<Output> = SchemaSuccess<Output> | SchemaFailure

export interface SchemaSuccess<Output> {
  readonly value: Output
  readonly issues?: undefined
}

export interface SchemaFailure {
  readonly issues: readonly SchemaIssue[]
}

export interface SchemaIssue {
  readonly message: string
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined
}

/** What a schema accepts. */
export type InputOf<S extends StandardSchemaV1> = NonNullable<S['~standard']['types']>['input']
/** What a schema makes of it. */
export type OutputOf<S extends StandardSchemaV1> = NonNullable<S['~standard']['types']>['output']

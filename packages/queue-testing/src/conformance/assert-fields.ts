import assert from 'node:assert/strict'

/** Compares the expected fields only; `undefined` expects the field to be absent. */
export function assertFields<T extends object>(actual: T, expected: { [K in keyof T]?: T[K] | undefined }): void {
  const names = Object.keys(expected) as (keyof T)[]
  const of = (object: object): object => Object.fromEntries(names.map((name) => [name, (object as T)[name]]))
  assert.deepEqual(of(actual), of(expected))
}

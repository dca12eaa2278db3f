/** Part of a value: objects may leave properties out, at any depth; arrays are compared element by element. */
export type Partially<T> = T extends readonly unknown[]
  ? { readonly [K in keyof T]: Partially<T[K]> }
  : T extends object
    ? { readonly [K in keyof T]?: Partially<T[K]> | undefined }
    : T

/** Whether everything in `expected` is in `actual` as well. Both are JSON. */
export function matchesPartially(actual: unknown, expected: unknown): boolean {
  if (!isObject(expected)) return Object.is(actual, expected)
  if (!isObject(actual) || Array.isArray(actual) !== Array.isArray(expected)) return false
  if (Array.isArray(actual) && Array.isArray(expected) && actual.length !== expected.length) return false
  return Object.entries(expected).every(([name, value]) =>
    matchesPartially(Object.hasOwn(actual, name) ? actual[name] : undefined, value),
  )
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

/** Computes the value at the first call; what nobody asks for costs nothing. */
export function onceAsked<T extends object>(compute: () => T): () => T {
  let value: T | undefined
  return () => (value ??= compute())
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}

/** The value at or below which so large a part of `values` lies; between two of them the mean weighted by nearness. */
export function quantile(values: readonly number[], part: number): number {
  if (values.length === 0) throw new Error('No values.')
  const sorted = values.toSorted((a, b) => a - b)
  const at = (sorted.length - 1) * part
  const below = sorted[Math.floor(at)]!
  const above = sorted[Math.ceil(at)]!
  return below + (above - below) * (at - Math.floor(at))
}

import { InvalidOptionError } from '../errors.ts'

/** Names of types, queues and tags: short, printable, safe in a URL, a file name and a metric label. */
const namePattern = /^[A-Za-z0-9][A-Za-z0-9_.:/-]{0,62}$/

/** Throws `InvalidOptionError` unless `value` is a name. */
export function checkName(option: string, value: unknown): string {
  if (typeof value === 'string' && namePattern.test(value)) return value
  throw new InvalidOptionError(option, `must be a name of 1 to 63 characters from A–Z a–z 0–9 _ . : / -`)
}

/** Throws `InvalidOptionError` unless `value` is a whole number from `least` to `most`. */
export function checkInteger(option: string, value: unknown, range: { least: number; most: number }): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= range.least && value <= range.most) return value
  throw new InvalidOptionError(option, `must be a whole number from ${range.least} to ${range.most}`)
}

/** Throws `InvalidOptionError` for an option that is not one of `known`: misspelt, it would be ignored. */
export function checkKnown(options: object, known: readonly string[], what: string): void {
  const unknown = Object.keys(options).find((option) => !known.includes(option))
  if (unknown !== undefined) throw new InvalidOptionError(unknown, `is not an option of a ${what}: ${known.join(', ')}`)
}

/** Priorities fit two bytes; lower runs first. */
export function checkPriority(option: string, value: unknown): number {
  return checkInteger(option, value, { least: -32_768, most: 32_767 })
}

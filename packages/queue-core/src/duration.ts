import { InvalidOptionError } from './errors.ts'

/** Milliseconds as a number, or a number with a unit: `500`, `'500ms'`, `'30s'`, `'5m'`, `'2h'`, `'1d'`. */
export type Duration = number | `${number}${'ms' | 's' | 'm' | 'h' | 'd'}`

/** A hundred years. */
const longestMs = 36_525 * 86_400_000
const unitMs: Readonly<Record<string, number>> = { '': 1, ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/**
 * Whole milliseconds of a duration, fractions rounded up. Also reads text from the environment, where `'500'` means
 * milliseconds.
 *
 * @throws InvalidOptionError when it is not a duration, negative, or longer than a hundred years
 */
export function parseDuration(value: unknown, option: string): number {
  const ms = durationMs(value)
  if (ms === undefined) {
    throw new InvalidOptionError(
      option,
      `${shown(value)} is not a duration. Use milliseconds, or '500ms', '30s', '5m', '2h', '1d'.`,
    )
  }
  if (ms > longestMs) throw new InvalidOptionError(option, `${shown(value)} is longer than a hundred years.`)
  return ms
}

/** As `parseDuration`, without an upper bound (it may be Infinity) and without throwing. */
export function durationMs(value: unknown): number | undefined {
  if (typeof value === 'number') return value >= 0 ? Math.ceil(value) : undefined
  if (typeof value !== 'string') return undefined
  const [, amount, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d|)$/.exec(value) ?? []
  if (amount === undefined || unit === undefined) return undefined
  return Math.ceil(exactly(Number(amount) * (unitMs[unit] ?? 1)))
}

/** 4.03 * 1000 is 4030.0000000000005: binary noise must not be rounded up to one millisecond more. */
function exactly(ms: number): number {
  return Number(ms.toPrecision(15))
}

function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 40))
  return typeof value === 'number' ? String(value) : `a value of type ${typeof value}`
}

import type { ContenderId } from '../contender.ts'
import type { Result } from '../results.ts'
import type { Scenario } from '../scenario.ts'

type Figure = Scenario['figure']

/** What stands where nothing was measured. */
export const missing = '–'

/** As many digits as a reader compares: 54,652 · 318 · 14.8 · 0.75 · 0.0042. */
export function figure(value: number | undefined): string {
  if (value === undefined) return missing
  if (value < 0.1) return value.toLocaleString('en-US', { maximumSignificantDigits: 2 })
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : 2
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })
}

export function percent(share: number | undefined): string {
  return share === undefined ? missing : `${Math.round(share * 100)}%`
}

export function times(ratio: number | undefined): string {
  return ratio === undefined ? missing : `${figure(ratio)}×`
}

export function isOurs(contender: ContenderId): boolean {
  return contender.startsWith('goplate-')
}

export function isLimit(contender: ContenderId): boolean {
  return contender.startsWith('raw-')
}

/** Above 1 ours is ahead, whichever way the figure goes: ours ÷ it for a rate, it ÷ ours for a time. */
export function leadOver(other: Result, ours: Result | undefined, by: Figure): number | undefined {
  return by === 'jobsPerSecond' ? quotient(ours?.[by], other[by]) : quotient(other[by], ours?.[by])
}

/** The better one first; what has no figure last. */
export function betterFirst(by: Figure): (a: Result, b: Result) => number {
  const worst = by === 'jobsPerSecond' ? -Infinity : Infinity
  const sign = by === 'jobsPerSecond' ? -1 : 1
  return (a, b) => {
    const [one, other] = [a[by] ?? worst, b[by] ?? worst]
    return one === other ? 0 : sign * (one < other ? -1 : 1)
  }
}

export function quotient(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined || b === 0 ? undefined : a / b
}

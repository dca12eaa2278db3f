/** Values at and beyond the ends of what a cell of the column "Range" allows. */
export interface Samples {
  readonly accepted: readonly unknown[]
  readonly refused: readonly unknown[]
}

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }
const duration = /^`(\d+)(ms|s|m|h|d)` … `(\d+)(ms|s|m|h|d)`/
const years = /^years (\d+) … (\d+)/
const numbers = /^(−?[\d,]+) … (−?[\d,]+)/
const words = /^`[a-z]+`(, `[a-z]+`)+$/

/** Undefined: the cell promises nothing that could be tried out of hand. */
export function samplesOf(range: string): Samples | undefined {
  if (duration.test(range)) return durationSamples(range)
  if (years.test(range)) return yearSamples(range)
  if (numbers.test(range)) return numberSamples(range)
  if (words.test(range))
    return { accepted: [...range.matchAll(/[a-z]+/g)].map(([word]) => word), refused: ['', 'other', 1] }
  if (/^(each )?a name$/.test(range)) {
    return { accepted: ['a', '9_.:/-', 'x'.repeat(63)], refused: ['', 'a b', '-a', 'x'.repeat(64)] }
  }
  return undefined
}

function durationSamples(range: string): Samples {
  const [, least, leastUnit = '', most, mostUnit = ''] = duration.exec(range) ?? []
  const leastMs = Number(least) * unitMs[leastUnit]!
  const mostMs = Number(most) * unitMs[mostUnit]!
  return {
    accepted: [leastMs, mostMs, `${least}${leastUnit}`, `${most}${mostUnit}`],
    refused: [leastMs - 1, mostMs + 1, -1, Number.NaN, Infinity, 'soon'],
  }
}

function yearSamples(range: string): Samples {
  const [, least, most] = years.exec(range) ?? []
  return {
    accepted: [new Date(Date.UTC(Number(least), 0)), new Date(Date.UTC(Number(most), 11, 31))],
    refused: [
      new Date(Date.UTC(Number(least), 0) - 1),
      new Date(Date.UTC(Number(most) + 1, 0)),
      new Date(Number.NaN),
      1,
    ],
  }
}

function numberSamples(range: string): Samples {
  const [least = 0, most = 0] = (numbers.exec(range) ?? [])
    .slice(1)
    .map((text) => Number(text.replaceAll(',', '').replace('−', '-')))
  return { accepted: [least, most], refused: [least - 1, most + 1, Number.NaN, String(least)] }
}

import type { StudyResult } from './run-studies.ts'

/** One line for each figure, one column for each case: there are more figures than cases. */
export function studyTable({ title, goal, scale, rounds, cases }: StudyResult): string {
  const names = [...new Set(cases.flatMap(({ figures }) => Object.keys(figures)))]
  const lines = [
    ['', ...cases.map((one) => one.title)],
    ...names.map((name) => [name, ...cases.map(({ figures }) => shown(figures[name]))]),
    ...(cases.length > 1 && cases.some(({ ofFirst }) => ofFirst !== undefined)
      ? [
          ['rate against the first', ...cases.map(({ ofFirst }) => shown(ofFirst))],
          ['spread of the rate', ...cases.map(({ spread }) => shown(spread))],
        ]
      : []),
  ]
  const widths = lines[0]!.map((_, at) => Math.max(...lines.map((cells) => cells[at]!.length)))
  const rows = lines.map((cells) =>
    cells.map((cell, at) => (at === 0 ? cell.padEnd(widths[at]!) : cell.padStart(widths[at]!))).join('  '),
  )
  const size = scale === 1 ? '' : `, numbers of jobs times ${scale}`
  return [`${title}`, `goal: ${goal}; ${rounds} rounds${size}`, ...rows].join('\n')
}

function shown(value: number | undefined): string {
  if (value === undefined) return ''
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2
  return value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })
}

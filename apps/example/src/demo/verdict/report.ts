import type { JobRecord } from '@goplate/queue-core'
import { paint } from '../narrator.ts'
import type { Stage } from '../stage.ts'
import type { Difference } from './compare.ts'
import type { Expected } from './expected.ts'

const columns = ['', 'id', 'job', 'state', 'attempts', 'outcomes', 'dispatched', 'ended'] as const

/**
 * Prints every job as it is stored; below it why it must be so, and its error. Times are seconds since the first
 * dispatch, by the database's clock. Without `differences`, nobody has compared anything.
 */
export function printJobs(
  stage: Stage,
  jobs: readonly JobRecord[],
  verdict?: { readonly expected: Expected; readonly differences: readonly Difference[] },
): void {
  const start = Math.min(...jobs.map(({ createdAt }) => createdAt.getTime()))
  const rows = jobs.map((job) => {
    const name = stage.nameOf(job.id)
    const differs = verdict?.differences.some(({ what }) => what === name || what.startsWith(`${name}: `))
    const mark = differs === undefined ? ' ' : differs ? '✗' : '✓'
    return { cells: [mark, ...cellsOf(job, name, start)], notes: notesOf(job, verdict?.expected.jobs[name]?.why) }
  })
  stage.narrator.chapter(`All ${jobs.length} jobs, as the database has them`)
  printTable(rows)
  console.log(paint('dim', 'A dispatch that is rolled back, or finds its unique key held, uses an id up.'))
}

export function printDifferences(stage: Stage, differences: readonly Difference[]): void {
  stage.narrator.chapter(`${differences.length} difference(s) from what should have happened`)
  for (const { what, expected, found } of differences) {
    console.log(paint('red', `  ✗ ${what}`))
    console.log(`      expected ${expected}\n      found    ${found}`)
  }
}

export function printFacts(stage: Stage): void {
  stage.narrator.chapter('Around the jobs')
  for (const [name, value] of Object.entries(stage.facts)) {
    console.log(`${paint('green', '✓')}  ${name}: ${String(value)}`)
  }
}

function cellsOf(job: JobRecord, name: string, start: number): string[] {
  const since = (time: Date | undefined) => (time ? `${((time.getTime() - start) / 1000).toFixed(1)} s` : '')
  return [
    job.id,
    name,
    job.reason === undefined ? job.state : `${job.state}, ${job.reason}`,
    `${job.attempt} of ${job.maxAttempts}`,
    (job.history ?? []).map(({ outcome }) => outcome).join(', '),
    since(job.createdAt),
    since(job.endedAt),
  ]
}

function notesOf({ type, state, error }: JobRecord, why: string | undefined): string[] {
  const last = state === 'finished' || error === undefined ? undefined : `error: ${shorten(error.message, 90)}`
  return [why === undefined ? type : `${type}: ${why}`, last].filter((note) => note !== undefined)
}

interface Row {
  readonly cells: readonly string[]
  readonly notes: readonly string[]
}

function printTable(rows: readonly Row[]): void {
  const all = [columns, ...rows.map(({ cells }) => cells)]
  const widths = columns.map((_, column) => Math.max(...all.map((cells) => cells[column]?.length ?? 0)))
  const line = (cells: readonly string[]) => cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')
  const indent = ' '.repeat(widths[0]! + widths[1]! + 4)
  console.log(paint('dim', line(columns).trimEnd()))
  for (const { cells, notes } of rows) {
    const [mark = '', ...rest] = line(cells).trimEnd()
    console.log(paint(mark === '✗' ? 'red' : 'green', mark) + rest.join(''))
    for (const note of notes) console.log(paint('dim', `${indent}${note}`))
  }
}

function shorten(text: string, length: number): string {
  const line = text.split('\n', 1)[0] ?? ''
  return line.length > length ? `${line.slice(0, length - 1)}…` : line
}

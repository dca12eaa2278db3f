import type { JobRecord } from '@goplate/queue-core'
import type { Difference } from './compare.ts'
import { paint } from '../narrator.ts'
import type { Stage } from '../stage.ts'

const columns = ['id', 'job', 'type', 'state', 'attempts', 'history', 'dispatched', 'ended', 'error'] as const

/** Prints every job as it is stored. Times are seconds since the first dispatch, by the database's clock. */
export function printJobs(stage: Stage, jobs: readonly JobRecord[]): void {
  const start = Math.min(...jobs.map(({ createdAt }) => createdAt.getTime()))
  const since = (time: Date | undefined) =>
    time === undefined ? '' : `${((time.getTime() - start) / 1000).toFixed(1)} s`
  const rows = jobs.map((job) => [
    job.id,
    stage.nameOf(job.id),
    job.type,
    job.reason === undefined ? job.state : `${job.state} (${job.reason})`,
    `${job.attempt} of ${job.maxAttempts}`,
    (job.history ?? []).map(({ outcome }) => outcome).join(', '),
    since(job.createdAt),
    since(job.endedAt),
    shorten(job.error?.message ?? '', 72),
  ])
  stage.narrator.chapter(`All ${jobs.length} jobs`)
  printTable([[...columns], ...rows])
}

export function printDifferences(stage: Stage, differences: readonly Difference[]): void {
  stage.narrator.chapter(`${differences.length} difference(s) from what should have happened`)
  for (const { what, expected, found } of differences) {
    console.log(paint('red', `  ✗ ${what}`))
    console.log(`      expected ${expected}\n      found    ${found}`)
  }
}

function printTable(rows: readonly (readonly string[])[]): void {
  const widths = columns.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  rows.forEach((row, index) => {
    const line = row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd()
    console.log(index === 0 ? paint('dim', line) : line)
  })
}

function shorten(text: string, length: number): string {
  const line = text.split('\n', 1)[0] ?? ''
  return line.length > length ? `${line.slice(0, length - 1)}…` : line
}

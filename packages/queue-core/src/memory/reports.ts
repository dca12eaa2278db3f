import type { AttemptReport, LinesRequest, StoredLogLine } from '../driver/driver-groups.ts'
import { entryOf, type Ledger } from './ledger.ts'

/** Fenced like a settlement: what an attempt that is over tells is not kept. */
export function keepReports(ledger: Ledger, reports: readonly AttemptReport[], now: number): void {
  for (const report of reports) if (entryOf(ledger, report.claim) !== undefined) keep(ledger, report, now)
}

function keep(ledger: Ledger, { claim, percent, lines = [] }: AttemptReport, now: number): void {
  const { jobId, epoch } = claim
  if (percent !== undefined) ledger.progress.set(jobId, percent)
  const kept = ledger.lines.get(jobId) ?? []
  const isNew = (line: number): boolean => !kept.some((one) => one.epoch === epoch && one.line === line)
  const added = lines.filter(({ line }) => isNew(line)).map((line) => ({ ...line, epoch, at: now }))
  if (added.length > 0) ledger.lines.set(jobId, [...kept, ...added].sort(inOrder))
}

function inOrder(a: StoredLogLine, b: StoredLogLine): number {
  return a.epoch - b.epoch || a.line - b.line
}

export function linesOf(ledger: Ledger, { id, after, limit }: LinesRequest): readonly StoredLogLine[] {
  return (ledger.lines.get(id) ?? []).slice(after, after + limit)
}

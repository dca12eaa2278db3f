import type { AttemptReport, LinesRequest, LogLine, ReportRequest, StoredLogLine } from '@goplate/queue-core'
import { jobNumber } from '../../ledger/job-id.ts'
import { entryOf, readLease, type LeaseEntry } from '../lease.ts'
import type { Session } from '../session.ts'
import { insertLogLine } from '../statements/insert-log-line.ts'
import { leaseById } from '../statements/lease-by-id.ts'
import { logLines } from '../statements/log-lines.ts'
import { outcomeClaim } from '../statements/outcome-claim.ts'
import { setProgress } from '../statements/set-progress.ts'

/** As the column `level` has them. */
const levels: readonly LogLine['level'][] = ['debug', 'info', 'warn', 'error']

/** Fenced like a settlement, one report at a time: what a claim that no longer holds tells is dropped. */
export function reportJobs(session: Session, { reports }: ReportRequest, now: number): void {
  for (const report of reports) {
    const entry = runningEntry(session, report)
    if (entry === undefined) continue
    const { job, epoch } = entry
    if (report.percent !== undefined) session.run(setProgress, job, epoch, now, report.percent)
    for (const { line, level, message } of report.lines ?? []) {
      session.run(insertLogLine, job, epoch, line, now, levels.indexOf(level), message)
    }
  }
}

export function linesOf(session: Session, { id, after, limit }: LinesRequest): readonly StoredLogLine[] {
  return session
    .all(logLines, jobNumber(id) ?? 0, limit, after)
    .map(({ level, ...line }) => ({ ...line, level: levels[level]! }))
}

function runningEntry(session: Session, { claim }: AttemptReport): LeaseEntry | undefined {
  const lease = session.get(leaseById, claim.leaseId)
  const entry = entryOf(lease && readLease(lease), claim)
  if (entry === undefined || session.get(outcomeClaim, entry.job, entry.epoch) !== undefined) return undefined
  return entry
}

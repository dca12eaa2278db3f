import type { AttemptReport, DriverReports, LogLine, StoredLogLine } from '@goplate/queue-core'
import { canBeOurs } from './claim-ref.ts'
import type { Executor } from './executor.ts'
import { isJobId } from '../ledger/job-id.ts'
import { numberOf, stringOf, type Row } from './row-mapping.ts'
import { logLines } from './statements/log-lines.ts'
import { writeReports } from './statements/write-reports.ts'

/** The smallest level is stored as 0. */
const levels: readonly LogLine['level'][] = ['debug', 'info', 'warn', 'error']

export interface ReportsParts {
  /** Its commits do not wait for the disk. */
  readonly claims: Executor
  readonly pool: Executor
}

export function postgresReports({ claims, pool }: ReportsParts): DriverReports {
  return {
    async report({ reports, now }) {
      const ours = reports.filter(({ claim }) => canBeOurs(claim))
      if (ours.length > 0) await claims.run(writeReports, [...claimColumns(ours), ...lineColumns(ours)], now)
    },
    async lines({ id, after, limit }) {
      return isJobId(id) ? (await pool.run(logLines, [id, after, limit])).map(storedLineOf) : []
    },
  }
}

function claimColumns(reports: readonly AttemptReport[]): unknown[][] {
  return [
    [...new Set(reports.map(({ claim }) => claim.leaseId))],
    reports.map(({ claim }) => claim.leaseId),
    reports.map(({ claim }) => claim.position),
    reports.map(({ claim }) => claim.jobId),
    reports.map(({ claim }) => claim.epoch),
    reports.map(({ percent }) => percent ?? null),
  ]
}

function lineColumns(reports: readonly AttemptReport[]): unknown[][] {
  const lines = reports.flatMap((report, index) => (report.lines ?? []).map((line) => ({ ...line, place: index + 1 })))
  return [
    lines.map(({ place }) => place),
    lines.map(({ line }) => line),
    lines.map(({ level }) => levels.indexOf(level)),
    lines.map(({ message }) => message),
  ]
}

function storedLineOf(row: Row): StoredLogLine {
  return {
    epoch: numberOf(row.epoch),
    line: numberOf(row.line),
    level: levels[numberOf(row.level)] ?? 'info',
    message: stringOf(row.message),
    at: numberOf(row.at_ms),
  }
}

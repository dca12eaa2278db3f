import type { ExpiredJob } from '../driver/driver-groups.ts'
import { recordOutcome, type Ledger, type WaitingRow } from './ledger.ts'

/** Waiting jobs only: a running one started in time. */
export function expireJobs(ledger: Ledger, limit: number, now: number): readonly ExpiredJob[] {
  const late = [...ledger.waiting.values()].filter((row) => expiresAt(ledger, row) < now)
  late.sort((a, b) => expiresAt(ledger, a) - expiresAt(ledger, b))
  return late.slice(0, limit).map((row) => expire(ledger, row, now))
}

function expiresAt(ledger: Ledger, { jobId }: WaitingRow): number {
  return ledger.jobs.get(jobId)?.record.expiresAt ?? Infinity
}

function expire(ledger: Ledger, { jobId, epoch, attempt, crashes }: WaitingRow, now: number): ExpiredJob {
  ledger.waiting.delete(jobId)
  recordOutcome(ledger, jobId, {
    ...{ epoch: epoch + 1, attempt, crashes, endedAt: now },
    outcome: 'failed',
    reason: 'expired',
    final: true,
  })
  const { type, queue, maxAttempts } = ledger.jobs.get(jobId)!.record
  return { jobId, type, queue, attempt, maxAttempts }
}

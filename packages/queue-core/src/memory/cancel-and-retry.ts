import type { CancelRequest, CancelVerdict, RetryRequest, RetryVerdict } from '../driver/storage-driver.ts'
import type { EndedState } from '../job/job-state.ts'
import type { JobId } from '../job/stored-job.ts'
import { lineUp, placeOf, present, recordOutcome } from './ledger.ts'
import type { LeaseEntry, LeaseRow, Ledger, WaitingRow } from './ledger.ts'

export function cancelJobs(ledger: Ledger, request: CancelRequest, now: number): readonly CancelVerdict[] {
  return request.ids.map((id) => {
    if (!ledger.jobs.has(id)) return 'missing'
    const place = placeOf(ledger, id)
    if (place.state === 'pending') return endWaiting(ledger, place.row, { reason: request.reason, now })
    if (place.state === 'running') return askRunning(ledger, place, request.reason)
    return 'ended'
  })
}

function endWaiting(
  ledger: Ledger,
  { jobId, epoch, attempt, crashes }: WaitingRow,
  { reason, now }: { reason: string | undefined; now: number },
): 'cancelled' {
  ledger.waiting.delete(jobId)
  recordOutcome(ledger, jobId, {
    epoch: epoch + 1,
    attempt,
    crashes,
    outcome: 'cancelled',
    endedAt: now,
    ...present({ reason }),
    final: true,
  })
  return 'cancelled'
}

/** The first reason stays: whoever asks again is not the one who cancelled. */
function askRunning(
  ledger: Ledger,
  { lease, entry }: { lease: LeaseRow; entry: LeaseEntry },
  reason: string | undefined,
): 'requested' {
  const asked = { ...entry, cancel: entry.cancel ?? present({ reason }) } as LeaseEntry
  const entries = lease.entries.map((other) => (other.position === entry.position ? asked : other))
  ledger.leases.set(lease.id, { ...lease, entries })
  return 'requested'
}

export function retryJobs(ledger: Ledger, request: RetryRequest, now: number): readonly RetryVerdict[] {
  return request.ids.map((id) => reopen(ledger, { id, from: request.from, now }))
}

function reopen(
  ledger: Ledger,
  { id, from, now }: { id: JobId; from: readonly EndedState[]; now: number },
): RetryVerdict {
  const job = ledger.jobs.get(id)
  if (job === undefined) return 'missing'
  const place = placeOf(ledger, id)
  if (place.state === 'pending' || place.state === 'running' || !from.includes(place.state)) return 'refused'
  const key = job.record.unique?.key
  if (key !== undefined) {
    if (ledger.keys.has(key)) return 'conflict'
    ledger.keys.set(key, id)
  }
  if (job.record.expiresAt !== undefined && job.record.expiresAt <= now) {
    const { expiresAt: _over, ...record } = job.record
    ledger.jobs.set(id, { ...job, record })
  }
  const history = ledger.outcomes.get(id)!
  ledger.outcomes.set(id, [...history.slice(0, -1), { ...place.outcome, final: false }])
  lineUp(ledger, { jobId: id, epoch: place.outcome.epoch, attempt: 0, crashes: 0, availableAt: now })
  return 'retried'
}

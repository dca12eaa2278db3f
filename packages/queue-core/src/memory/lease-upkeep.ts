import type { ExtendReply, ExtendRequest, LeaseSighting, ReapedJob, ReapReply } from '../driver/storage-driver.ts'
import {
  lineUp,
  present,
  recordOutcome,
  type LeaseEntry,
  type LeaseRow,
  type Ledger,
  type WaitingRow,
} from './ledger.ts'

export function extendLeases(ledger: Ledger, request: ExtendRequest, now: number): ExtendReply {
  const held = request.leases.flatMap((leaseId) => {
    const lease = ledger.leases.get(leaseId)
    if (lease === undefined) return []
    ledger.leases.set(leaseId, { ...lease, until: now + request.leaseMs, extensions: lease.extensions + 1 })
    const cancelled = lease.entries.filter(({ cancel }) => cancel !== undefined).map(({ jobId }) => jobId)
    return [{ leaseId, cancelled }]
  })
  return { held }
}

export function reapLeases(ledger: Ledger, confirmed: readonly LeaseSighting[], now: number): ReapReply {
  const reaped = confirmed.flatMap((sighting) => {
    const lease = ledger.leases.get(sighting.leaseId)
    if (lease === undefined || !isExpired(lease, now) || sightingOf(lease).seen !== sighting.seen) return []
    ledger.leases.delete(lease.id)
    return lease.entries.map((entry) => crash(ledger, entry, now))
  })
  const expired = [...ledger.leases.values()].filter((lease) => isExpired(lease, now)).map(sightingOf)
  return { expired, reaped }
}

function isExpired(lease: LeaseRow, now: number): boolean {
  return lease.until < now
}

function sightingOf(lease: LeaseRow): LeaseSighting {
  return { leaseId: lease.id, seen: String(lease.extensions) }
}

/** Whatever job it was and whoever knows its type: a crash ends it by budget or by request, else it waits again. */
function crash(ledger: Ledger, entry: LeaseEntry, now: number): ReapedJob {
  const { jobId, epoch } = entry
  const { type, queue, maxAttempts, maxCrashes } = ledger.jobs.get(jobId)!.record
  const crashes = entry.crashes + 1
  const to = entry.cancel !== undefined ? 'cancelled' : crashes > maxCrashes ? 'failed' : 'pending'
  recordOutcome(ledger, jobId, {
    epoch,
    attempt: entry.attempt,
    crashes,
    outcome: to === 'pending' ? 'crashed' : to,
    endedAt: now,
    ...present({ reason: to === 'cancelled' ? entry.cancel?.reason : 'crashed' }),
    final: to !== 'pending',
  })
  if (to === 'pending') lineUp(ledger, waitingAgain(entry, crashes))
  return { jobId, type, queue, epoch, attempt: entry.attempt, maxAttempts, crashes, to }
}

function waitingAgain({ jobId, epoch, attempt, availableAt }: LeaseEntry, crashes: number): WaitingRow {
  return { jobId, epoch, attempt: attempt - 1, crashes, availableAt }
}

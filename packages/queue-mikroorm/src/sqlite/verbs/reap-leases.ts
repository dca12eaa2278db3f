import type { LeaseSighting, ReapedJob, ReapReply, ReapRequest } from '@goplate/queue-core'
import { jobIdOf } from '../../ledger/job-id.ts'
import { maxCrashesOf } from '../../ledger/job-options.ts'
import { readLease, type Lease, type LeaseEntry } from '../lease.ts'
import { cancelledState, crashedState, failedState } from '../../ledger/outcome-state.ts'
import type { Session } from '../session.ts'
import { expiredLeases } from '../statements/expired-leases.ts'
import { insertOutcome } from '../statements/insert-outcome.ts'
import { jobPlace } from '../statements/job-place.ts'
import { releaseUniqueKey } from '../statements/release-unique-key.ts'
import { sweepLeases } from '../statements/sweep-leases.ts'
import { takeExpiredLease } from '../statements/take-expired-lease.ts'
import type { JobPlace } from '../rows.ts'
import { putDown } from '../waiting-row.ts'

export function reapLeases(session: Session, { confirmed }: ReapRequest, now: number): ReapReply {
  session.run(sweepLeases)
  const reaped = confirmed.flatMap((sighting) => reapLease(session, sighting, now))
  const expired = session.all(expiredLeases, now).map(({ id, until }) => ({ leaseId: id, seen: String(until) }))
  return { expired, reaped }
}

function reapLease(session: Session, { leaseId, seen }: LeaseSighting, now: number): ReapedJob[] {
  const row = session.get(takeExpiredLease, leaseId, Number(seen), now)
  if (row === undefined) return []
  const lease = readLease(row)
  return lease.entries.flatMap((entry) => (entry === undefined ? [] : reapJob(session, { lease, entry, now })))
}

interface Crash {
  readonly lease: Lease
  readonly entry: LeaseEntry
  readonly now: number
}

function reapJob(session: Session, { lease, entry, now }: Crash): ReapedJob[] {
  const { job, epoch } = entry
  const place = session.get(jobPlace, job)
  if (place === undefined) return []
  const crashes = entry.crashes + 1
  const asked = lease.cancelled.has(job)
  const to = asked ? 'cancelled' : crashes > maxCrashesOf(place.options) ? 'failed' : 'pending'
  const reason = asked ? (lease.cancelled.get(job) ?? null) : 'crashed'
  // What was settled before has its outcome already and stays as it is.
  if (!recordCrash(session, { lease, entry, now, to, reason, place })) return []
  if (to === 'pending') putDown(session, place, { epoch, attempt: entry.attempt, crashes, now })
  else session.run(releaseUniqueKey, job, job)
  const { type, queue, maxAttempts } = place
  return [{ jobId: jobIdOf(job), type, queue, epoch, attempt: entry.attempt + 1, maxAttempts, crashes, to }]
}

const stateAfter = { pending: crashedState, failed: failedState, cancelled: cancelledState } as const

interface RecordedCrash extends Crash {
  readonly to: ReapedJob['to']
  readonly reason: string | null
  readonly place: JobPlace
}

/** No claim tag: the crashed worker did not write this, and what it settles afterwards is lost, not repeated. */
function recordCrash(session: Session, { lease, entry, now, to, reason, place }: RecordedCrash): boolean {
  const availableAt = to === 'pending' ? place.availableAt : null
  const inserted = session.run(
    insertOutcome,
    ...([entry.job, entry.epoch, entry.attempt + 1, lease.worker, null, stateAfter[to]] as const),
    ...([to === 'pending' ? 0 : 1, null, null, now, availableAt, reason, null, null] as const),
  )
  return inserted === 1
}

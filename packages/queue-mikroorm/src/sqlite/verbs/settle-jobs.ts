import type { ClaimRef, Settlement, SettlementVerdict, SettleRequest } from '@goplate/queue-core'
import { jobNumber } from '../../ledger/job-id.ts'
import { claimTag, entryOf, readLease, type Lease, type LeaseEntry } from '../lease.ts'
import { cancelledState, isFinal, outcomeState } from '../../ledger/outcome-state.ts'
import type { Session } from '../session.ts'
import { insertFinished } from '../statements/insert-finished.ts'
import { insertOutcome } from '../statements/insert-outcome.ts'
import { jobPlace } from '../statements/job-place.ts'
import { leaseById } from '../statements/lease-by-id.ts'
import { outcomeClaim } from '../statements/outcome-claim.ts'
import { releaseUniqueKey } from '../statements/release-unique-key.ts'
import { putDown } from '../waiting-row.ts'

export interface Settled {
  readonly verdicts: readonly SettlementVerdict[]
  /** Queues in which a job is due again at once. */
  readonly dueQueues: ReadonlySet<string>
}

interface Settling {
  readonly now: number
  readonly leases: Map<string, Lease | undefined>
  readonly dueQueues: Set<string>
}

/** Each settlement is decided alone, in order. The worker's name proves nothing: the lease id does. */
export function settleJobs(session: Session, { settlements }: SettleRequest, now: number): Settled {
  const settling: Settling = { now, leases: new Map(), dueQueues: new Set() }
  return { verdicts: settlements.map((one) => settle(session, one, settling)), dueQueues: settling.dueQueues }
}

function settle(session: Session, settlement: Settlement, settling: Settling): SettlementVerdict {
  const { claim } = settlement
  const lease = leaseOf(session, claim.leaseId, settling)
  const entry = entryOf(lease, claim)
  if (lease === undefined || entry === undefined) return fateOf(session, claim)
  const cancelled = lease.cancelled.has(entry.job)
  const plain = settlement.outcome === 'finished' && !cancelled && settlesFreely(claim)
  const decided = { settlement, lease, entry, settling, cancelled }
  if (!(plain ? finish(session, decided) : decide(session, decided))) return fateOf(session, claim)
  return cancelled ? 'cancelled' : 'applied'
}

/** The claim said that nothing hangs on this job's end. A claim that says nothing is taken the long way. */
function settlesFreely(claim: ClaimRef & { readonly holds?: unknown }): boolean {
  return claim.holds === false
}

function leaseOf(session: Session, leaseId: string, { leases }: Settling): Lease | undefined {
  if (!leases.has(leaseId)) {
    const row = session.get(leaseById, leaseId)
    leases.set(leaseId, row && readLease(row))
  }
  return leases.get(leaseId)
}

/** Asked of the outcome: the lease of a claim that settled everything is soon gone. */
export function fateOf(session: Session, { jobId, epoch, leaseId }: ClaimRef): 'repeated' | 'lost' {
  const job = jobNumber(jobId)
  const outcome = job === undefined ? undefined : session.get(outcomeClaim, job, epoch)
  return outcome?.claim === claimTag(leaseId) ? 'repeated' : 'lost'
}

interface Decided {
  readonly settlement: Settlement
  readonly lease: Lease
  readonly entry: LeaseEntry
  readonly settling: Settling
  readonly cancelled: boolean
}

/** Returns whether the outcome is ours: the epoch had none before. */
function finish(session: Session, { settlement, lease, entry, settling }: Decided): boolean {
  const { waitMs, durationMs, result = null } = settlement
  const claim = claimTag(lease.id)
  const attempt = entry.attempt + 1
  const values = [entry.job, entry.epoch, attempt, lease.worker, claim, waitMs, durationMs, settling.now] as const
  return session.run(insertFinished, ...values, result) === 1
}

function decide(session: Session, { settlement, lease, entry, settling, cancelled }: Decided): boolean {
  const { outcome, waitMs, durationMs, error = null, result = null } = settlement
  const { now } = settling
  const state = cancelled ? cancelledState : outcomeState(outcome)
  const place = session.get(jobPlace, entry.job)
  if (place === undefined) return false
  const availableAt = isFinal(state) ? null : backAt(settlement, place.availableAt, now)
  const reason = cancelled ? (lease.cancelled.get(entry.job) ?? null) : (settlement.reason ?? null)
  const inserted = session.run(
    insertOutcome,
    ...([entry.job, entry.epoch, entry.attempt + 1, lease.worker, claimTag(lease.id)] as const),
    ...([state, isFinal(state) ? 1 : 0, waitMs, durationMs, now, availableAt] as const),
    ...([reason, error, result] as const),
  )
  if (inserted === 0) return false
  if (availableAt === null) {
    session.run(releaseUniqueKey, entry.job, entry.job)
    return true
  }
  // A retry uses the attempt up; snooze and release give it back.
  const attempt = outcome === 'retried' ? entry.attempt + 1 : entry.attempt
  putDown(session, { ...place, availableAt }, { epoch: entry.epoch, attempt, crashes: entry.crashes, now })
  if (availableAt <= now) settling.dueQueues.add(place.queue)
  return true
}

function backAt({ outcome, delayMs = 0 }: Settlement, oldPlace: number, now: number): number {
  return outcome === 'released' ? oldPlace : now + Math.ceil(Math.max(0, delayMs))
}

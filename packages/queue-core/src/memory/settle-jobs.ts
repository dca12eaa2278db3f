import type { ClaimRef, Settlement, SettlementVerdict } from '../job/claimed-job.ts'
import { dropEntry, entryOf, lineUp, present, recordOutcome } from './ledger.ts'
import type { LeaseEntry, Ledger, WaitingRow } from './ledger.ts'

export function settleJobs(
  ledger: Ledger,
  settlements: readonly Settlement[],
  now: number,
): readonly SettlementVerdict[] {
  return settlements.map((settlement) => settle(ledger, settlement, now))
}

function settle(ledger: Ledger, settlement: Settlement, now: number): SettlementVerdict {
  const { claim } = settlement
  if (wasSettledBy(ledger, claim)) return 'repeated'
  const entry = entryOf(ledger, claim)
  if (entry === undefined) return 'lost'

  dropEntry(ledger, claim.leaseId, entry)
  if (entry.cancel !== undefined) {
    record(ledger, { settlement: { ...settlement, outcome: 'cancelled' }, entry, now, reason: entry.cancel.reason })
    return 'cancelled'
  }
  record(ledger, { settlement, entry, now, reason: settlement.reason })
  const back = wayBack(settlement, entry, now)
  if (back !== undefined) lineUp(ledger, back)
  return 'applied'
}

/** Asked of the outcome, not of the lease: the lease is gone once its last job is settled. */
function wasSettledBy(ledger: Ledger, { leaseId, position, jobId, epoch }: ClaimRef): boolean {
  const outcome = ledger.outcomes.get(jobId)?.find((candidate) => candidate.epoch === epoch)
  return outcome?.settledBy?.leaseId === leaseId && outcome.settledBy.position === position
}

interface Decision {
  readonly settlement: Settlement
  readonly entry: LeaseEntry
  readonly now: number
  readonly reason: string | undefined
}

function record(ledger: Ledger, { settlement, entry, now, reason }: Decision): void {
  const { claim, outcome, waitMs, durationMs, error, result } = settlement
  recordOutcome(ledger, entry.jobId, {
    epoch: entry.epoch,
    attempt: entry.attempt,
    crashes: entry.crashes,
    outcome,
    endedAt: now,
    waitMs,
    durationMs,
    ...present({ reason, error, result }),
    final: outcome === 'finished' || outcome === 'failed' || outcome === 'cancelled',
    settledBy: { leaseId: claim.leaseId, position: claim.position },
  })
}

/** Where the job waits next; undefined when it ended. */
function wayBack({ outcome, delayMs = 0 }: Settlement, entry: LeaseEntry, now: number): WaitingRow | undefined {
  const { jobId, epoch, attempt, crashes, availableAt } = entry
  switch (outcome) {
    case 'retried':
      return { jobId, epoch, crashes, attempt, availableAt: now + delayMs }
    case 'snoozed':
      return { jobId, epoch, crashes, attempt: attempt - 1, availableAt: now + delayMs }
    case 'released':
      return { jobId, epoch, crashes, attempt: attempt - 1, availableAt }
    case 'finished':
    case 'failed':
    case 'cancelled':
      return undefined
  }
}

import type { JobId, JsonText, LeaseId, OutcomeName } from './stored-job.ts'

/**
 * The proof of a claim: which lease, which entry of it, which job and epoch. Shown with every write about the running
 * job. Core hands back the very object the driver gave; a driver may add fields of its own.
 */
export interface ClaimRef {
  readonly leaseId: LeaseId
  /** The entry's place in the lease, counted as the driver likes. */
  readonly position: number
  readonly jobId: JobId
  readonly epoch: number
}

/** A job this worker may run while its lease stands. */
export interface ClaimedJob {
  readonly claim: ClaimRef
  readonly type: string
  readonly queue: string
  readonly payload: JsonText
  readonly priority: number
  /** The attempt that starts now, from 1. */
  readonly attempt: number
  readonly maxAttempts: number
  /** Crashes since the last manual retry. */
  readonly crashes: number
  /** Milliseconds from due to this claim, by the database's clock. */
  readonly waitMs: number
  /** Its `expiresAt` had passed when it was claimed: it must not run. */
  readonly expired: boolean
  readonly tags?: readonly string[]
  readonly meta?: JsonText
}

/** What a claim came to, as the worker decided it. Written once per epoch, by whoever holds the claim. */
export interface Settlement {
  readonly claim: ClaimRef
  readonly outcome: Exclude<OutcomeName, 'crashed'>
  /** `retried` and `snoozed`: milliseconds from the database's now until it is due again. */
  readonly delayMs?: number
  /** `failed`: a FailureReason. `cancelled`, `snoozed`: the handler's words. */
  readonly reason?: string
  readonly error?: JsonText
  readonly result?: JsonText
  readonly waitMs: number
  readonly durationMs: number
}

/**
 * `applied`: it moved the job as asked. `cancelled`: a cancel had been asked, and won: the job is cancelled.
 * `repeated`: this claim had been settled before; nothing moved. `lost`: the claim no longer holds; nothing moved.
 */
export type SettlementVerdict = 'applied' | 'cancelled' | 'repeated' | 'lost'

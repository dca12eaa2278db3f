import { JobAbortedError, type TimeoutError } from '../errors.ts'
import type { AttemptFacts } from '../events.ts'
import type { ClaimedJob, Settlement } from '../job/claimed-job.ts'
import type { LeaseId } from '../job/stored-job.ts'
import type { Watch } from './deadlines.ts'

/** A lease this worker believes to hold. */
export interface HeldLease {
  readonly id: LeaseId
  /** Monotonic time at which its claim was sent. */
  readonly claimedAt: number
  /** Monotonic time at which the last claim or extension that storage answered was *sent*. */
  sentAt: number
  /** Its deadline has passed: another worker may have its jobs by now, and nobody has told us yet. */
  fenced: boolean
  readonly jobs: Set<HeldJob>
}

/**
 * `waiting` for a slot; `running`: its outcome is open; `settling`: decided, storage has not answered yet; `over`:
 * answered, or lost before it was decided.
 */
export type HeldPhase = 'waiting' | 'running' | 'settling' | 'over'

export interface Completion {
  readonly settlement: Settlement
  /** What the work returned. */
  readonly value: unknown
  readonly warning: string | undefined
}

/** One claimed job in this worker's hands, from the claim to the verdict about what it came to. */
export class HeldJob {
  readonly job: ClaimedJob
  readonly lease: HeldLease
  phase: HeldPhase = 'waiting'
  /** Monotonic; when its handler was started. */
  startedAt = 0
  /** Why the handler was told to stop. */
  abortedBy: TimeoutError | JobAbortedError | undefined
  /** Monotonic; when it was told. */
  abortedAt = 0
  /** What it started threw with nobody waiting for it: the attempt comes to that, whatever its handler does. */
  stray: { readonly error: unknown } | undefined
  /** Of the first cancel that was asked for in this process; storage keeps the first of all. */
  cancelReason: string | undefined
  /** Its timeout, later the grace it has to stop. */
  watch: Watch | undefined
  /** Settles, never rejects, when the `context.complete` that is under way has. */
  completing: Promise<void> | undefined
  /** What `context.complete` asked storage to commit last; whether it did is certain only with `isCompleted`. */
  completion: Completion | undefined
  isCompleted = false
  /** Where dispatches go while the work of `context.complete` runs, and those that went there. */
  transaction: { readonly caller: object; readonly dispatches: Promise<unknown>[] } | undefined
  #controller: AbortController | undefined

  constructor(job: ClaimedJob, lease: HeldLease) {
    this.job = job
    this.lease = lease
  }

  /** Made when a handler asks for it: most never do. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController()
      if (this.stray !== undefined) this.#controller.abort(this.stray.error)
      else if (this.abortedBy !== undefined) this.#controller.abort(this.abortedBy)
    }
    return this.#controller.signal
  }

  /** A lease that was believed lost may yet stand: then a later reason decides. Otherwise the first one does. */
  abort(reason: TimeoutError | JobAbortedError, now: number): void {
    const isFirst = this.abortedBy === undefined
    if (this.stray !== undefined) return
    if (!isFirst && !isLeaseLost(this.abortedBy)) return
    this.abortedBy = reason
    this.abortedAt = now
    if (isFirst) this.#controller?.abort(reason)
  }

  /** False when the attempt's end does not depend on it any more: it is decided, or its handler was told to stop before. */
  blame(error: unknown, now: number): boolean {
    const isOpen = this.phase === 'running' && this.completing === undefined && !this.isCompleted
    if (!isOpen || this.stray !== undefined || this.abortedBy !== undefined) return false
    this.stray = { error }
    this.abortedAt = now
    this.#controller?.abort(error)
    return true
  }
}

function isLeaseLost(reason: unknown): boolean {
  return JobAbortedError.isInstance(reason) && reason.reason === 'lease_lost'
}

/** What every event about the attempt says. */
export function factsOf(held: HeldJob, worker: string): AttemptFacts {
  const { claim, type, queue, attempt, maxAttempts } = held.job
  return { jobId: claim.jobId, type, queue, attempt, maxAttempts, worker }
}

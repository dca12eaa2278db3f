import type { Clock, Timer } from '../clock.ts'
import type { CancelRequest, ExtendReply } from '../driver/storage-driver.ts'
import type { ClaimedJob } from '../job/claimed-job.ts'
import type { LeaseId } from '../job/stored-job.ts'
import { backoffMs } from './backoff.ts'
import { HeldJob, type HeldLease } from './held-job.ts'
import type { WorkerParts } from './worker-parts.ts'

/** However often it is hinted that something may have happened to the leases, storage is asked once in so long. */
const hintEveryMs = 50

/** What the keeper finds out about jobs it keeps. Jobs that are being settled are left out: the fence judges those. */
export interface LeaseNews {
  /** Its lease is due for an extension, and it still waits for a slot. */
  unstarted(held: HeldJob): void
  /** The lease was taken away. */
  lost(held: HeldJob): void
  /** Storage was silent for so long that the lease may be gone. */
  fenced(held: HeldJob): void
  cancelled(held: HeldJob): void
  /** Storage answered again after it had not. */
  trustedAgain(): void
}

/**
 * Extends the leases of this worker, by their exact ids, and judges by the monotonic clock alone whether they can
 * still be believed in. `trusted` is the health gate: without it nothing is claimed.
 */
export class LeaseKeeper {
  readonly #parts: WorkerParts
  readonly #clock: Clock
  readonly #news: LeaseNews
  readonly #leases = new Map<LeaseId, HeldLease>()
  #timer: Timer | undefined
  #extending = false
  #trusted = true
  #failures = 0
  #retryAt = 0
  #hinted = false
  #lastSentAt = -Infinity

  constructor(parts: WorkerParts, news: LeaseNews) {
    this.#parts = parts
    this.#clock = parts.runtime.clock
    this.#news = news
  }

  /** With no lease in hand only a claim can tell whether storage is back. */
  get mayClaim(): boolean {
    return this.#trusted || this.#leases.size === 0
  }

  /** Storage answered a claim that was sent at `sentAt`. */
  hold(leaseId: LeaseId, sentAt: number, jobs: readonly ClaimedJob[]): HeldJob[] {
    if (this.#leases.size === 0) this.#trusted = true
    if (jobs.length === 0) return []
    const lease: HeldLease = { id: leaseId, claimedAt: sentAt, sentAt, fenced: false, jobs: new Set() }
    const held = jobs.map((job) => new HeldJob(job, lease))
    for (const one of held) lease.jobs.add(one)
    this.#leases.set(leaseId, lease)
    if (this.#timer === undefined) this.#arm()
    return held
  }

  /** The job is over; a lease without jobs is left to storage. The timer stays: short jobs must not cost one each. */
  drop(held: HeldJob): void {
    held.lease.jobs.delete(held)
    if (held.lease.jobs.size === 0) this.#leases.delete(held.lease.id)
  }

  /** Asked before a handler starts: a process that was stopped for a while finds out here and not by its timer. */
  isBelieved(held: HeldJob): boolean {
    return !held.lease.fenced && !this.#isPast(held.lease.sentAt)
  }

  /** One of these jobs may have been asked to stop, by `request` if it was in this process: storage is asked at once. */
  hint(request?: CancelRequest): void {
    if (this.#leases.size === 0) return
    const asked = new Set(request?.ids)
    for (const { jobs } of this.#leases.values()) {
      for (const held of jobs) if (asked.has(held.job.claim.jobId)) held.cancelReason ??= request?.reason
    }
    this.#hinted = true
    this.#arm()
  }

  close(): void {
    this.#disarm()
    this.#leases.clear()
    this.#hinted = false
  }

  #isPast(sentAt: number): boolean {
    return this.#clock.monotonic() >= this.#deadline(sentAt)
  }

  #deadline(sentAt: number): number {
    return sentAt + this.#parts.options.leaseMs - this.#parts.options.marginMs
  }

  #arm(): void {
    this.#disarm()
    let next = Infinity
    for (const { sentAt, fenced } of this.#leases.values()) {
      if (!fenced) next = Math.min(next, this.#deadline(sentAt))
      if (!this.#extending) next = Math.min(next, Math.max(this.#extensionDue(sentAt), this.#retryAt))
    }
    if (this.#hinted && !this.#extending && this.#leases.size > 0) next = Math.min(next, this.#hintDue())
    if (next === Infinity) return
    this.#timer = this.#clock.setTimer(Math.max(0, next - this.#clock.monotonic()), () => this.#look())
  }

  #disarm(): void {
    this.#timer?.cancel()
    this.#timer = undefined
  }

  #hintDue(): number {
    return Math.max(this.#lastSentAt + hintEveryMs, this.#retryAt)
  }

  #extensionDue(sentAt: number): number {
    return sentAt + this.#parts.options.heartbeatMs
  }

  /** Deadlines first: after a stall handlers must hear of it before anything else of ours goes on. */
  #look(): void {
    this.#timer = undefined
    for (const lease of this.#leases.values()) {
      if (!lease.fenced && this.#isPast(lease.sentAt)) this.#fence(lease)
    }
    if (!this.#extending && this.#clock.monotonic() >= this.#retryAt) this.#extendDue()
    this.#arm()
  }

  /** Leases that will be due soon go along, after a hint all of them: one statement. */
  #extendDue(): void {
    const now = this.#clock.monotonic()
    const soon = now + this.#parts.options.heartbeatMs / 4
    const isHinted = this.#hinted && now >= this.#hintDue()
    const due = [...this.#leases.values()].filter(({ sentAt }) => isHinted || this.#extensionDue(sentAt) <= soon)
    // What is hinted from here on may be too late for this call.
    if (isHinted) this.#hinted = false
    for (const { claimedAt, jobs } of due) if (this.#extensionDue(claimedAt) <= soon) this.#giveBackWaiting(jobs)
    if (due.length > 0) void this.#extend(due)
  }

  #giveBackWaiting(jobs: ReadonlySet<HeldJob>): void {
    for (const held of [...jobs]) if (held.phase === 'waiting') this.#news.unstarted(held)
  }

  #fence(lease: HeldLease): void {
    lease.fenced = true
    this.#trusted = false
    for (const held of [...lease.jobs]) if (isOpen(held)) this.#news.fenced(held)
  }

  async #extend(leases: readonly HeldLease[]): Promise<void> {
    this.#extending = true
    const { driver, events, random } = this.#parts.runtime
    const { leaseMs, heartbeatMs } = this.#parts.options
    const sentAt = (this.#lastSentAt = this.#clock.monotonic())
    try {
      const reply = await driver.extend({ leases: leases.map(({ id }) => id), leaseMs })
      this.#failures = 0
      this.#apply(leases, reply, sentAt)
      this.#trust()
    } catch (error) {
      this.#trusted = false
      this.#failures += 1
      const wait = Math.min(backoffMs(error, this.#failures, random), heartbeatMs / 2)
      this.#retryAt = this.#clock.monotonic() + wait
      events.emit('error', { error, during: 'extend' })
    } finally {
      this.#extending = false
      this.#arm()
    }
  }

  #apply(leases: readonly HeldLease[], reply: ExtendReply, sentAt: number): void {
    const held = new Map(reply.held.map((lease) => [lease.leaseId, new Set(lease.cancelled)]))
    for (const lease of leases) {
      if (!this.#leases.has(lease.id)) continue
      const cancelled = held.get(lease.id)
      if (cancelled === undefined) {
        this.#lose(lease)
        continue
      }
      lease.sentAt = sentAt
      lease.fenced = false
      if (cancelled.size === 0) continue
      for (const one of [...lease.jobs]) {
        if (isOpen(one) && cancelled.has(one.job.claim.jobId)) this.#news.cancelled(one)
      }
    }
  }

  /** Also the way in which a lease looks whose last job was settled while the reply to that was lost. */
  #lose(lease: HeldLease): void {
    this.#leases.delete(lease.id)
    for (const held of [...lease.jobs]) if (isOpen(held)) this.#news.lost(held)
  }

  #trust(): void {
    if (this.#trusted) return
    this.#trusted = true
    this.#news.trustedAgain()
  }
}

function isOpen(held: HeldJob): boolean {
  return held.phase === 'waiting' || held.phase === 'running'
}

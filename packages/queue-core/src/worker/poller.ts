import type { Timer } from '../clock.ts'
import type { ClaimReply, Overdue } from '../driver/storage-driver.ts'
import { newLeaseId } from '../lease-id.ts'
import { backoffMs } from './backoff.ts'
import type { HeldJobs } from './held-jobs.ts'
import type { LeaseKeeper } from './lease-keeper.ts'
import { growthPauseMs } from './pool-size.ts'
import type { Settler } from './settler.ts'
import type { QueueLimit, Slots } from './slots.ts'
import type { Solo } from './solo.ts'
import type { WorkerParts } from './worker-parts.ts'

export interface PollerParts extends WorkerParts {
  readonly slots: Slots
  readonly keeper: LeaseKeeper
  readonly settler: Settler
  readonly held: HeldJobs
  readonly solo: Solo
  /** A claim came back, with or without jobs. */
  readonly onChange: () => void
  /** A claim told what is overdue. */
  readonly onOverdue: (overdue: Overdue) => void
}

interface ClaimPlan {
  readonly solo: boolean
  readonly limits: readonly QueueLimit[]
}

/** So many unanswered settlements mean that storage does not keep up: more jobs would only make it worse. */
const mostUnsettled = 2_000

/**
 * When to claim, and how many. A queue is hungry while it may hold due jobs: after a poll, a wake-up, or a claim that
 * came back full. A claim is sent as soon as a hungry queue has room, one at a time; what became free meanwhile goes
 * into the next. So an idle worker asks once per poll, and a busy one claims in batches that grow with its load.
 */
export class Poller {
  readonly #parts: PollerParts
  readonly #hungry = new Set<string>()
  #active = false
  #claiming: Promise<void> | undefined
  #timer: Timer | undefined
  #pollAt = 0
  #backingOff = false
  #askAnyway = false
  /** The next claim is the first since a poll. */
  #looks = false
  #failures = 0
  /** Monotonic times at which pauses end that this process made. */
  readonly #pauseEnds = new Set<number>()

  constructor(parts: PollerParts) {
    this.#parts = parts
  }

  /** Nothing is under way, and as far as is known nothing is due that this worker could claim. */
  get isDry(): boolean {
    return this.#claiming === undefined && this.#hungry.size === 0 && !this.#parts.solo.isWanted
  }
  get isClaiming(): boolean {
    return this.#claiming !== undefined
  }

  start(): void {
    this.#active = true
    this.#poll()
  }

  /** Sends no further claim. One that is under way still brings its jobs to `held`. */
  stop(): void {
    this.#active = false
    this.#hungry.clear()
    this.#pauseEnds.clear()
    this.#backingOff = false
    this.#disarm()
  }

  /** Jobs became due in these queues. */
  wake(queues: readonly string[]): void {
    for (const queue of queues) this.#getsHungry(queue)
    this.claimIfUseful()
  }

  /** A job that this process knows of is due after so long: the poll that finds it must not be later. */
  dueIn(delayMs: number): void {
    if (this.#active) this.#armWithin(Math.max(1, Math.ceil(delayMs)))
  }

  /**
   * A queue or a type stands still for so long: the poll that finds it going on must not be later. No claim tells of it
   * again, so it is kept.
   */
  pausedFor(ms: number): void {
    if (!this.#active) return
    this.#pauseEnds.add(this.#parts.runtime.clock.monotonic() + Math.max(1, Math.ceil(ms)))
    this.#armForPauses()
  }

  /** Something changed that may let a claim go out: a slot is free, storage answers again. */
  claimIfUseful(): void {
    if (!this.#parts.held.isBusy && this.#parts.solo.idle()) this.#allHungry()
    if (!this.#active || this.#claiming !== undefined || this.#backingOff) return
    const plan = this.#plan()
    if (plan === undefined) return
    this.#claiming = this.#claim(plan)
  }

  /** One claim, at once: of crashed jobs if there is nothing else. Rejects when storage does. */
  async claimOnce(): Promise<void> {
    const claimed = this.#sendOnce()
    this.#claiming = claimed.catch(() => undefined).finally(() => (this.#claiming = undefined))
    await claimed
  }

  async #sendOnce(): Promise<void> {
    const { options, slots, solo } = this.#parts
    const { jobs } = await this.#send({
      solo: false,
      limits: slots.limits(new Set(options.queues.map(({ queue }) => queue))),
    })
    const plan = jobs.length === 0 && solo.isWanted ? this.#soloPlan() : undefined
    if (plan !== undefined) await this.#send(plan)
  }

  #poll(): void {
    this.#backingOff = false
    this.#askAnyway = true
    this.#looks = true
    this.#parts.solo.polled()
    this.#allHungry()
    this.#disarm()
    this.#armWithin(this.#parts.options.pollMs)
    this.#armForPauses()
    this.#adaptPools()
    this.claimIfUseful()
  }

  #plan(): ClaimPlan | undefined {
    const { keeper, settler, held, slots, solo } = this.#parts
    if (!keeper.mayClaim || settler.backlog > mostUnsettled) return undefined
    switch (solo.plan(held.isBusy)) {
      case 'wait':
        return undefined
      case 'solo':
        return this.#soloPlan()
      case 'drain':
        return this.#askAnyway ? { solo: false, limits: slots.limits(new Set()) } : undefined
      case 'normal': {
        if (this.#hungry.size === 0 || !slots.hasRoom) return undefined
        const limits = slots.limits(this.#hungry)
        return limits.some(({ limit }) => limit > 0) ? { solo: false, limits } : undefined
      }
    }
  }

  /** The driver gives at most one. A handler that was abandoned may still hold the only slot. */
  #soloPlan(): ClaimPlan | undefined {
    const { options, slots } = this.#parts
    const limits = options.queues.map(({ queue }) => ({ queue, limit: slots.hasFree(queue) ? 1 : 0 }))
    return limits.some(({ limit }) => limit > 0) ? { solo: true, limits } : undefined
  }

  async #claim(plan: ClaimPlan): Promise<void> {
    this.#askAnyway = false
    // What is said about these queues while the claim is under way counts for the next one.
    const asked = plan.limits.filter(({ limit }) => limit > 0 && !plan.solo)
    for (const { queue } of asked) this.#hungry.delete(queue)
    try {
      // Not inside the call that told us: a driver may tell while it is still at work.
      await Promise.resolve()
      const reply = await this.#send(plan)
      this.#failures = 0
      this.#afterClaim(asked, reply)
    } catch (error) {
      for (const { queue } of asked) this.#getsHungry(queue)
      this.#backOff(error)
    }
    this.#claiming = undefined
    this.claimIfUseful()
    this.#parts.onChange()
  }

  async #send({ solo: alone, limits }: ClaimPlan): Promise<ClaimReply> {
    const { runtime, options, held, solo } = this.#parts
    const leaseId = newLeaseId(runtime.random)
    const sentAt = runtime.clock.monotonic()
    const { leaseMs, name: worker, types } = options
    const look = this.#looks
    this.#looks = false
    const reply = await runtime.driver.claim({ leaseId, leaseMs, worker, queues: limits, types, solo: alone, look })
    if (reply.overdue !== undefined) this.#parts.onOverdue(reply.overdue)
    // If this call was answered with an error, its lease may stand: nobody extends it, so it runs out.
    if (alone) solo.claimed(reply.jobs.length > 0, reply.soloWaiting)
    else solo.told(reply.soloWaiting)
    held.receive(reply.jobs, leaseId, sentAt)
    return reply
  }

  #afterClaim(asked: readonly QueueLimit[], { jobs, nextDueInMs }: ClaimReply): void {
    for (const { queue, limit } of asked) {
      const got = jobs.filter((job) => job.queue === queue).length
      if (got >= limit) this.#hungry.add(queue)
      this.#parts.slots.claimed(queue, got >= limit)
    }
    this.#adaptPools()
    if (this.#active && nextDueInMs !== undefined) this.#armWithin(Math.max(1, Math.ceil(nextDueInMs)))
  }

  /** A worker whose jobs run long would else not look again before one of them ends. */
  #adaptPools(): void {
    const wantsMore = this.#parts.slots.adapt(this.#parts.runtime.clock.monotonic())
    if (wantsMore && this.#active) this.#armWithin(growthPauseMs)
  }

  #backOff(error: unknown): void {
    this.#failures += 1
    const { events, random } = this.#parts.runtime
    events.emit('error', { error, during: 'claim' })
    if (!this.#active) return
    this.#backingOff = true
    this.#disarm()
    this.#armWithin(backoffMs(error, this.#failures, random))
  }

  #allHungry(): void {
    for (const { queue } of this.#parts.options.queues) this.#getsHungry(queue)
  }

  #getsHungry(queue: string): void {
    if (this.#hungry.has(queue) || !this.#parts.slots.serves(queue)) return
    this.#parts.slots.catchUp(queue)
    this.#hungry.add(queue)
  }

  #armForPauses(): void {
    const now = this.#parts.runtime.clock.monotonic()
    for (const at of this.#pauseEnds) {
      if (at <= now) this.#pauseEnds.delete(at)
      else this.#armWithin(at - now)
    }
  }

  /** Never puts a poll off: while one queue keeps the worker busy, the others are still looked at. */
  #armWithin(delayMs: number): void {
    const { clock } = this.#parts.runtime
    const at = clock.monotonic() + delayMs
    if (this.#timer !== undefined && this.#pollAt <= at) return
    this.#disarm()
    this.#pollAt = at
    this.#timer = clock.setTimer(delayMs, () => this.#poll())
  }

  #disarm(): void {
    this.#timer?.cancel()
    this.#timer = undefined
  }
}

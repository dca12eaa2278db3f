import { JobAbortedError } from '../errors.ts'
import type { ClaimedJob, Settlement } from '../job/claimed-job.ts'
import type { LeaseId } from '../job/stored-job.ts'
import type { AttemptRunner } from './attempt-runner.ts'
import { factsOf, type HeldJob } from './held-job.ts'
import type { LeaseKeeper } from './lease-keeper.ts'
import type { ReportBuffer } from './report-buffer.ts'
import type { Decision, Settler } from './settler.ts'
import type { Slots } from './slots.ts'
import type { WorkerParts } from './worker-parts.ts'

export interface HeldJobsParts extends WorkerParts {
  readonly slots: Slots
  readonly keeper: LeaseKeeper
  readonly runner: AttemptRunner
  readonly settler: Settler
  readonly reports: ReportBuffer
  /** A job was decided or lost, or a slot became free. */
  readonly onChange: () => void
}

/** How long handlers have to stop, after the worker gave them all the time it had, until their jobs are given back. */
const shutdownGraceMs = 1_000

/** The jobs this worker has claimed and not decided yet: those that wait for a slot, and those that run. */
export class HeldJobs {
  readonly #parts: HeldJobsParts
  readonly #lines = new Map<string, HeldJob[]>()
  readonly #running = new Set<HeldJob>()
  #open = true
  #started = 0

  constructor(parts: HeldJobsParts) {
    this.#parts = parts
  }

  /** How many runs were started since this object was made. */
  get started(): number {
    return this.#started
  }
  /** Runs without a decision. A handler that goes on after it holds a slot but is none of these. */
  get running(): number {
    return this.#running.size
  }
  get isBusy(): boolean {
    return this.#running.size > 0 || this.#parts.slots.waiting > 0
  }

  /** Takes in what a claim brought that was sent at `sentAt`, and starts what fits. */
  receive(jobs: readonly ClaimedJob[], leaseId: LeaseId, sentAt: number): void {
    for (const held of this.#parts.keeper.hold(leaseId, sentAt, jobs)) {
      const { queue } = held.job
      const line = this.#lines.get(queue) ?? []
      this.#lines.set(queue, line)
      line.push(held)
      this.#parts.slots.queueUp(queue)
    }
    if (!this.#open) this.#giveBackWaiting()
    this.#startWaiting()
  }

  accept(): void {
    this.#open = true
  }

  /** Gives back what waits, now and from now on. */
  refuse(): void {
    this.#open = false
    this.#giveBackWaiting()
  }

  /** Tells every handler that the worker stops. */
  abortRunning(): void {
    for (const held of [...this.#running]) {
      this.#parts.runner.abort(held, new JobAbortedError('shutdown'), shutdownGraceMs)
    }
  }

  /** Its outcome is known. Called by the runner. */
  decided(held: HeldJob): void {
    held.phase = 'settling'
    this.#running.delete(held)
    this.#parts.slots.noteRun(this.#parts.runtime.clock.monotonic() - held.startedAt)
  }

  /** It ended inside its handler, which is waited for until it returns. Called by the completer. */
  completed({ held, settlement }: Decision): void {
    held.phase = 'over'
    this.#parts.slots.noteRun(settlement.durationMs)
  }

  /** Its outcome is stored, and its handler is not waited for any longer. */
  left(held: HeldJob): void {
    this.#running.delete(held)
    this.#parts.onChange()
  }

  /** Claimed ahead for slots that did not become free: another worker may have some. */
  unstarted(held: HeldJob): void {
    this.#parts.slots.noteRun(this.#parts.options.heartbeatMs)
    this.#giveBack(held)
  }

  /**
   * A lease also looks lost when its last job was completed a moment ago. What is being completed is for the fence to
   * judge; the handler is told, and what it comes to is sent.
   */
  lost(held: HeldJob): void {
    if (held.completing !== undefined) return this.#parts.runner.fence(held)
    if (held.phase === 'waiting') this.#leaveLine(held)
    else this.#parts.runner.abort(held, new JobAbortedError('lease_lost'))
    held.phase = 'over'
    this.#running.delete(held)
    this.#parts.reports.forget(held)
    this.#parts.runtime.events.emit('job:lost', factsOf(held, this.#parts.options.name))
    this.#parts.onChange()
  }

  /** Whatever the handler still settles is sent: the fence in storage makes that safe, and it may have held. */
  fenced(held: HeldJob): void {
    if (held.phase === 'waiting') this.#giveBack(held)
    else this.#parts.runner.fence(held)
  }

  cancelled(held: HeldJob): void {
    if (held.phase === 'waiting') this.#settleUnstarted(held, 'cancelled')
    else this.#parts.runner.abort(held, new JobAbortedError('cancelled'))
  }

  #startWaiting(): void {
    for (const [queue, line] of this.#lines) {
      while (line.length > 0 && this.#parts.slots.hasFree(queue)) {
        const held = line[0]!
        if (this.#parts.keeper.isBelieved(held)) this.#start(held)
        else this.#giveBack(held)
      }
    }
  }

  #start(held: HeldJob): void {
    this.#leaveLine(held)
    this.#parts.slots.take(held.job.queue)
    this.#running.add(held)
    this.#started += 1
    void this.#parts.runner.run(held).then(() => {
      this.#running.delete(held)
      this.#parts.slots.free(held.job.queue)
      this.#startWaiting()
      this.#parts.onChange()
    })
  }

  #giveBackWaiting(): void {
    for (const line of this.#lines.values()) for (const held of [...line]) this.#giveBack(held)
  }

  #giveBack(held: HeldJob): void {
    this.#settleUnstarted(held, 'released')
  }

  #settleUnstarted(held: HeldJob, outcome: Settlement['outcome']): void {
    this.#leaveLine(held)
    held.phase = 'settling'
    const { claim, waitMs } = held.job
    this.#parts.settler.add({ held, settlement: { claim, outcome, waitMs, durationMs: 0 } })
    this.#parts.onChange()
  }

  #leaveLine(held: HeldJob): void {
    const line = this.#lines.get(held.job.queue)
    const index = line?.indexOf(held) ?? -1
    if (index < 0) return
    line!.splice(index, 1)
    this.#parts.slots.leaveLine(held.job.queue)
  }
}

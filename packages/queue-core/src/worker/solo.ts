import type { Clock } from '../clock.ts'

/**
 * `normal`: claim what fits. `solo`: claim a crashed job and nothing else. `drain`: claim nothing, so that the worker
 * becomes idle, but ask now and then whether the crashed job still waits. `wait`: a crashed job runs; claim nothing.
 */
export type SoloPlan = 'normal' | 'solo' | 'drain' | 'wait'

/**
 * When a worker runs a job that crashed before. Such a job may take the process with it, so it runs while nothing else
 * does. An idle worker takes it at once. A busy one goes on for its patience, then drains: it claims nothing until it
 * is idle, or until another worker took the job.
 *
 * Neither side starves the other. Before two crashed jobs in a row there is one plain claim; and after it drained, a
 * worker claims as usual for at least as long as the draining took, so at most half of its time goes into it.
 */
export class Solo {
  readonly #clock: Clock
  readonly #patienceMs: number
  #waitingSince: number | undefined
  #drainingSince: number | undefined
  #normalUntil = 0
  #running = false
  #owesPlainClaim = false
  #missed = false

  /** Patience differs from worker to worker, or a whole fleet would drain for one job. */
  constructor(clock: Clock, patienceMs: number) {
    this.#clock = clock
    this.#patienceMs = patienceMs
  }

  /** True while the last claim told of a crashed job that this worker may still take. */
  get isWanted(): boolean {
    return this.#waitingSince !== undefined && !this.#missed
  }
  get isRunning(): boolean {
    return this.#running
  }

  plan(busy: boolean): SoloPlan {
    if (this.#running) return 'wait'
    if (this.#waitingSince === undefined || this.#missed) return 'normal'
    if (!busy) return this.#owesPlainClaim ? 'normal' : 'solo'
    if (this.#drainingSince !== undefined) return 'drain'
    const now = this.#clock.monotonic()
    if (now < Math.max(this.#normalUntil, this.#waitingSince + this.#patienceMs)) return 'normal'
    this.#drainingSince = now
    return 'drain'
  }

  /** What a plain claim said. */
  told(waiting: boolean): void {
    this.#owesPlainClaim = false
    if (waiting) this.#waitingSince ??= this.#clock.monotonic()
    else this.#forget()
  }

  /** What a solo claim came to. Without a job there is none to be had before the next poll. */
  claimed(got: boolean, moreWaiting: boolean): void {
    this.#forget()
    this.#running = got
    this.#missed = !got
    if (moreWaiting) this.#waitingSince = this.#clock.monotonic()
  }

  /** A poll is due: a job that could not be had before may be had now. */
  polled(): void {
    this.#missed = false
  }

  /** The worker runs nothing now. True when it was a crashed job that ended. */
  idle(): boolean {
    if (!this.#running) return false
    this.#running = false
    this.#owesPlainClaim = true
    return true
  }

  #forget(): void {
    this.#waitingSince = undefined
    if (this.#drainingSince === undefined) return
    const now = this.#clock.monotonic()
    this.#normalUntil = now + (now - this.#drainingSince)
    this.#drainingSince = undefined
  }
}

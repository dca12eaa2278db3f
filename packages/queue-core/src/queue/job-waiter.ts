import type { Clock, Timer } from '../clock.ts'
import { isEnded } from '../job/job-state.ts'
import type { JobId, StoredJob } from '../job/stored-job.ts'

/** The first look is immediate; the pause between looks then grows by half each time, up to the last. */
const firstPauseMs = 20
const longestPauseMs = 1_000

interface Waiting {
  readonly resolve: (job: StoredJob | undefined) => void
  readonly reject: (error: unknown) => void
}

/**
 * Waits for jobs to end by looking them up: one `find` for everybody who waits, at growing intervals, and at once for
 * a job that `look` names. Holds a timer only while somebody waits.
 */
export class JobWaiter {
  readonly #find: (ids: readonly JobId[]) => Promise<readonly StoredJob[]>
  readonly #clock: Clock
  readonly #waiting = new Map<JobId, Set<Waiting>>()
  #timer: Timer | undefined
  #pauseMs = firstPauseMs
  #looking = false
  #lookAgain = false

  constructor(find: (ids: readonly JobId[]) => Promise<readonly StoredJob[]>, clock: Clock) {
    this.#find = find
    this.#clock = clock
  }

  /** Resolves when the job has ended, with `undefined` when there is no such job (any more). */
  wait(id: JobId): { readonly ended: Promise<StoredJob | undefined>; readonly giveUp: () => void } {
    const waiters = this.#waiting.get(id) ?? new Set()
    this.#waiting.set(id, waiters)
    let waiting: Waiting | undefined
    const ended = new Promise<StoredJob | undefined>((resolve, reject) => {
      waiting = { resolve, reject }
      waiters.add(waiting)
    })
    this.look()
    return { ended, giveUp: () => this.#forget(id, waiting) }
  }

  /** Something may have ended: look now, and soon again. Does nothing while nobody waits. */
  look(id?: JobId): void {
    if (id === undefined ? this.#waiting.size === 0 : !this.#waiting.has(id)) return
    this.#pauseMs = firstPauseMs
    this.#stopTimer()
    void this.#lookOnce()
  }

  /** Rejects everybody who waits. */
  close(error: unknown): void {
    this.#stopTimer()
    for (const waiters of this.#waiting.values()) for (const waiting of waiters) waiting.reject(error)
    this.#waiting.clear()
  }

  async #lookOnce(): Promise<void> {
    if (this.#looking) {
      this.#lookAgain = true
      return
    }
    this.#looking = true
    const ids = [...this.#waiting.keys()]
    try {
      this.#answer(ids, await this.#find(ids))
    } catch (error) {
      for (const id of ids) this.#settle(id, (waiting) => waiting.reject(error))
    } finally {
      this.#looking = false
      this.#schedule()
    }
  }

  #answer(ids: readonly JobId[], jobs: readonly StoredJob[]): void {
    const found = new Map(jobs.map((job) => [job.id, job]))
    for (const id of ids) {
      const job = found.get(id)
      if (job === undefined || isEnded(job.state)) this.#settle(id, (waiting) => waiting.resolve(job))
    }
  }

  #schedule(): void {
    const again = this.#lookAgain
    this.#lookAgain = false
    if (this.#waiting.size === 0) return
    if (again) return void this.#lookOnce()
    this.#timer = this.#clock.setTimer(this.#pauseMs, () => {
      this.#timer = undefined
      void this.#lookOnce()
    })
    this.#pauseMs = Math.min(longestPauseMs, this.#pauseMs * 1.5)
  }

  #settle(id: JobId, call: (waiting: Waiting) => void): void {
    const waiters = this.#waiting.get(id)
    this.#waiting.delete(id)
    for (const waiting of waiters ?? []) call(waiting)
  }

  #forget(id: JobId, waiting: Waiting | undefined): void {
    const waiters = this.#waiting.get(id)
    if (waiters === undefined || waiting === undefined) return
    waiters.delete(waiting)
    if (waiters.size === 0) this.#waiting.delete(id)
    if (this.#waiting.size === 0) this.#stopTimer()
  }

  #stopTimer(): void {
    this.#timer?.cancel()
    this.#timer = undefined
  }
}

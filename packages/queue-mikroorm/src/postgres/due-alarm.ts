/** Farther ahead any poll learns in time when a job is due. */
const alarmHorizonMs = 60_000

/**
 * Tells of delayed jobs when they become due: a worker that has polled just before they were dispatched would come to
 * them a whole poll later. It knows the soonest job of each queue; whoever claims that one learns when the next is due.
 * The timer keeps no process alive.
 */
export class DueAlarm {
  readonly #tell: (queues: readonly string[]) => void
  readonly #due = new Map<string, number>()
  #timer: NodeJS.Timeout | undefined
  #timerAt = Infinity

  constructor(tell: (queues: readonly string[]) => void) {
    this.#tell = tell
  }

  /** `at` is an instant of `performance.now()`. */
  set(queue: string, at: number): void {
    if (at - performance.now() > alarmHorizonMs || at >= (this.#due.get(queue) ?? Infinity)) return
    this.#due.set(queue, at)
    if (at < this.#timerAt) this.#wind(at)
  }

  clear(): void {
    this.#due.clear()
    clearTimeout(this.#timer)
    this.#timerAt = Infinity
  }

  #wind(at: number): void {
    clearTimeout(this.#timer)
    this.#timerAt = at
    this.#timer = setTimeout(() => this.#ring(), Math.max(0, Math.ceil(at - performance.now()))).unref()
  }

  #ring(): void {
    this.#timerAt = Infinity
    const now = performance.now()
    const due = [...this.#due].filter(([, at]) => at <= now).map(([queue]) => queue)
    for (const queue of due) this.#due.delete(queue)
    if (this.#due.size > 0) this.#wind(Math.min(...this.#due.values()))
    if (due.length > 0) this.#tell(due)
  }
}

import type { Clock, Timer } from '../clock.ts'

/** One thing that has until its deadline to happen. */
export interface Watch {
  cancel(): void
}

interface Entry {
  readonly at: number
  readonly onPassed: () => void
}

/**
 * Deadlines of many jobs on few timers. Those with the same length pass in the order in which they began, so each
 * length needs one list and one timer. A timer whose deadline was cancelled is left to fire and look again: jobs that
 * end in time, nearly all, cost an entry of a set and no timer.
 */
export class Deadlines {
  readonly #clock: Clock
  readonly #lines = new Map<number, Line>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  watch(lengthMs: number, onPassed: () => void): Watch {
    let line = this.#lines.get(lengthMs)
    if (line === undefined) this.#lines.set(lengthMs, (line = new Line(this.#clock, lengthMs)))
    return line.add(onPassed)
  }

  /** Forgets every deadline and cancels every timer. */
  clear(): void {
    for (const line of this.#lines.values()) line.clear()
    this.#lines.clear()
  }
}

/** The deadlines of one length. */
class Line {
  readonly #clock: Clock
  readonly #lengthMs: number
  readonly #entries = new Set<Entry>()
  #timer: Timer | undefined

  constructor(clock: Clock, lengthMs: number) {
    this.#clock = clock
    this.#lengthMs = lengthMs
  }

  add(onPassed: () => void): Watch {
    const entry = { at: this.#clock.monotonic() + this.#lengthMs, onPassed }
    this.#entries.add(entry)
    if (this.#timer === undefined) this.#arm()
    return { cancel: () => void this.#entries.delete(entry) }
  }

  clear(): void {
    this.#timer?.cancel()
    this.#timer = undefined
    this.#entries.clear()
  }

  #arm(): void {
    const [first] = this.#entries
    if (first === undefined) return
    this.#timer = this.#clock.setTimer(Math.max(0, first.at - this.#clock.monotonic()), () => this.#look())
  }

  #look(): void {
    this.#timer = undefined
    const now = this.#clock.monotonic()
    for (const entry of this.#entries) {
      if (entry.at > now) break
      this.#entries.delete(entry)
      entry.onPassed()
    }
    if (this.#timer === undefined) this.#arm()
  }
}

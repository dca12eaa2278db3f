import type { Clock, Timer } from '../../src/clock.ts'

interface PendingTimer {
  readonly at: number
  readonly order: number
  readonly callback: () => void
}

/** A clock that moves only when a test moves it, and knows which timers are pending. */
export class FakeClock implements Clock {
  #now = 0
  #order = 0
  readonly #timers = new Set<PendingTimer>()

  /** Timers that were set and have neither fired nor been cancelled. */
  get pending(): number {
    return this.#timers.size
  }

  wall(): number {
    return Date.UTC(2026, 0, 1) + this.#now
  }
  monotonic(): number {
    return this.#now
  }
  setTimer(delayMs: number, callback: () => void): Timer {
    if (!(delayMs >= 0)) throw new Error(`A timer of ${delayMs} ms`)
    const timer = { at: this.#now + delayMs, order: (this.#order += 1), callback }
    this.#timers.add(timer)
    return { cancel: () => void this.#timers.delete(timer) }
  }

  /** Fires what becomes due on the way, in order, and lets everything it sets off come to rest in between. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms
    await settled()
    for (let timer = this.#next(end); timer !== undefined; timer = this.#next(end)) {
      this.#timers.delete(timer)
      this.#now = Math.max(this.#now, timer.at)
      timer.callback()
      await settled()
    }
    this.#now = end
  }

  /** Time passes while this process does nothing, as under SIGSTOP: what was due meanwhile fires late, afterwards. */
  async stall(ms: number): Promise<void> {
    this.#now += ms
    await this.advance(0)
  }

  /** Moves on, from timer to timer, until the condition is true; fails after `limitMs`. */
  async until(condition: () => boolean, limitMs = 3_600_000): Promise<void> {
    const end = this.#now + limitMs
    await settled()
    while (!condition()) {
      const timer = this.#next(end)
      if (timer === undefined) throw new Error(`Not within ${limitMs} ms: ${String(condition)}`)
      await this.advance(Math.max(0, timer.at - this.#now))
    }
  }

  #next(end: number): PendingTimer | undefined {
    const due = [...this.#timers].filter(({ at }) => at <= end)
    return due.sort((a, b) => a.at - b.at || a.order - b.order)[0]
  }
}

/** Resolves when no promise callback is left to run. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

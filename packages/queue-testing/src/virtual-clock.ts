import { parseDuration, type Clock, type Duration, type Timer } from '@goplate/queue-core'

interface PendingTimer extends Timer {
  readonly at: number
  readonly order: number
  readonly callback: () => void
}

/**
 * A clock that stands still until it is moved. Timers fire while it moves, in the order of their times, each at its own
 * time. It knows only the timers that were set with it: `setTimeout` and input or output go on as ever.
 */
export class VirtualClock implements Clock {
  readonly #startedAt: number
  readonly #timers = new Set<PendingTimer>()
  #elapsed = 0
  #order = 0

  /** `start` is what the wall clock shows at first, in epoch milliseconds. Default: the real time. */
  constructor(options: { readonly start?: number } = {}) {
    this.#startedAt = options.start ?? Date.now()
  }

  wall(): number {
    return this.#startedAt + this.#elapsed
  }

  monotonic(): number {
    return this.#elapsed
  }

  setTimer(delayMs: number, callback: () => void): Timer {
    const timer: PendingTimer = {
      at: this.#elapsed + Math.max(0, delayMs),
      order: (this.#order += 1),
      callback,
      cancel: () => void this.#timers.delete(timer),
    }
    this.#timers.add(timer)
    return timer
  }

  /** How many timers wait to fire. None, when everything that uses the clock is at rest. */
  get pendingTimers(): number {
    return this.#timers.size
  }

  /**
   * Moves the time on. Before it moves, and after each timer that fires, everything that can go on without input,
   * output or further time has gone on: all promise callbacks have run, and what they queued with `setImmediate`
   * before.
   */
  async advance(duration: Duration): Promise<void> {
    const end = this.#elapsed + parseDuration(duration, 'advance')
    await quiescence()
    for (let timer = this.#nextUntil(end); timer !== undefined; timer = this.#nextUntil(end)) {
      this.#elapsed = timer.at
      this.#timers.delete(timer)
      timer.callback()
      await quiescence()
    }
    this.#elapsed = end
  }

  #nextUntil(end: number): PendingTimer | undefined {
    const due = [...this.#timers].filter(({ at }) => at <= end)
    return due.sort((a, b) => a.at - b.at || a.order - b.order)[0]
  }
}

/** One turn of the event loop: it ends when no promise callback is left to run. */
function quiescence(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

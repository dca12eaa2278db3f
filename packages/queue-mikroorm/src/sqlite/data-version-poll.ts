import type { WakeListener } from '../commit-wake.ts'

/** What one look at the database saw. */
export interface Glimpse {
  /** Another number than before when another connection committed. */
  readonly version: number
  /** When the next delayed job is due, in epoch milliseconds. */
  readonly nextDue: number | undefined
  readonly now: number
}

export interface DataVersionPollParts {
  /** Nothing when this is not the moment to look. Must not throw. */
  readonly look: () => Glimpse | undefined
  /** The queues in which jobs are due. Must not throw. */
  readonly dueQueues: () => readonly string[]
  readonly tell: WakeListener
}

const busyMs = 25
const idleMs = 250
const idleAfterMs = 10_000

/**
 * Hears of jobs that other processes dispatched into the same file: SQLite notifies nobody, but a number changes when
 * another connection commits, and reading it costs some microseconds. It looks every 25 ms while something happened in
 * the last ten seconds, else every 250 ms. Delayed jobs are told when they become due, whoever dispatched them.
 */
export class DataVersionPoll {
  readonly #parts: DataVersionPollParts
  #timer: NodeJS.Timeout | undefined
  #version: number | undefined
  #toldDue: number | undefined
  #lastChange = 0

  constructor(parts: DataVersionPollParts) {
    this.#parts = parts
  }

  start(): void {
    if (this.#timer !== undefined) return
    this.#version = undefined
    this.#lastChange = performance.now()
    this.#lookIn(busyMs)
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  /** This process dispatched: others may soon. Never puts a look off, however often it is called. */
  noteActivity(): void {
    const wasIdle = this.#isIdle()
    this.#lastChange = performance.now()
    if (wasIdle && this.#timer !== undefined) this.#lookIn(busyMs)
  }

  #isIdle(): boolean {
    return performance.now() - this.#lastChange >= idleAfterMs
  }

  #lookIn(delayMs: number): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#look(), delayMs)
    this.#timer.unref()
  }

  #look(): void {
    const glimpse = this.#parts.look()
    if (glimpse !== undefined && this.#isNews(glimpse)) {
      this.#lastChange = performance.now()
      const queues = this.#parts.dueQueues()
      if (queues.length > 0) this.#parts.tell(queues)
    }
    // A listener may have ended the last subscription.
    if (this.#timer !== undefined) this.#lookIn(this.#isIdle() ? idleMs : busyMs)
  }

  /** A due job that nobody claims is told once, not at every look. */
  #isNews({ version, nextDue, now }: Glimpse): boolean {
    const changed = version !== this.#version
    const due = nextDue !== undefined && nextDue <= now && nextDue !== this.#toldDue
    this.#version = version
    if (due) this.#toldDue = nextDue
    return changed || due
  }
}

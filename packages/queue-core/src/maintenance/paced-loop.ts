import type { Clock, Timer } from '../clock.ts'

/** Repeats a step that says how long to wait before the next. Never two at once. */
export class PacedLoop {
  readonly #clock: Clock
  readonly #step: () => Promise<number>
  #timer: Timer | undefined
  #inFlight: Promise<void> | undefined
  #started = false

  /** `step` answers milliseconds and never rejects. */
  constructor(clock: Clock, step: () => Promise<number>) {
    this.#clock = clock
    this.#step = step
  }

  start(firstDelayMs: number): void {
    if (this.#started) return
    this.#started = true
    this.#wait(firstDelayMs)
  }

  /** The next step is due at once. */
  hasten(): void {
    if (this.#timer === undefined) return
    this.#timer.cancel()
    this.#wait(0)
  }

  /** Resolves when no step is under way any more. */
  async stop(): Promise<void> {
    this.#started = false
    this.#timer?.cancel()
    this.#timer = undefined
    await this.#inFlight
  }

  #wait(delayMs: number): void {
    // A step of the time before a stop may still be under way: it goes on with this loop when it is back.
    if (this.#inFlight !== undefined) return
    this.#timer = this.#clock.setTimer(delayMs, () => {
      this.#timer = undefined
      this.#inFlight = this.#run()
    })
  }

  async #run(): Promise<void> {
    const delayMs = await this.#step()
    this.#inFlight = undefined
    if (this.#started) this.#wait(delayMs)
  }
}

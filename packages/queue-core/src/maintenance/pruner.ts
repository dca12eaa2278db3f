import type { Clock } from '../clock.ts'
import type { Retention, StorageDriver } from '../driver/storage-driver.ts'
import type { EventEmitter } from '../event-emitter.ts'
import type { QueueEvents } from '../events.ts'
import type { Random } from '../random.ts'
import { PacedLoop } from './paced-loop.ts'

export interface PrunerParts {
  readonly driver: StorageDriver<never>
  readonly clock: Clock
  readonly random: Random
  readonly events: EventEmitter<QueueEvents>
  readonly retention: Retention
}

/** How many jobs one step looks at. */
const stepLimit = 1_000
/** Between two steps of a walk: at most some four thousand jobs a second are looked at, so that work goes on beside it. */
const stepPauseMs = 250
/** Between two walks. */
const walkPauseMs = 5 * 60_000

/**
 * Removes jobs whose retention is over: walks over the ended jobs in bounded, paced steps. Every worker runs one; two
 * that meet remove each job once. Nothing waits for it, so it is never in a hurry.
 */
export class Pruner {
  readonly #parts: PrunerParts
  readonly #loop: PacedLoop
  #after: string | undefined

  constructor(parts: PrunerParts) {
    this.#parts = parts
    this.#loop = new PacedLoop(parts.clock, () => this.step())
  }

  /** The workers of a fleet that starts as one do not prune as one. */
  start(): void {
    this.#loop.start(this.#parts.random.number() * walkPauseMs)
  }

  stop(): Promise<void> {
    return this.#loop.stop()
  }

  /** Looks at some jobs. Answers how many milliseconds the next step should wait. Never rejects. */
  async step(): Promise<number> {
    const { driver, events, retention } = this.#parts
    const from = this.#after === undefined ? {} : { after: this.#after }
    try {
      const { next } = await driver.prune({ ...from, limit: stepLimit, retention })
      this.#after = next
    } catch (error) {
      events.emit('error', { error, during: 'prune' })
      return this.#about(walkPauseMs)
    }
    return this.#about(this.#after === undefined ? walkPauseMs : stepPauseMs)
  }

  #about(ms: number): number {
    return ms * (0.75 + this.#parts.random.number() / 2)
  }
}

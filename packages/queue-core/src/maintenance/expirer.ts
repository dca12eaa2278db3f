import type { Clock } from '../clock.ts'
import type { ExpiredJob } from '../driver/driver-groups.ts'
import type { StorageDriver } from '../driver/storage-driver.ts'
import type { EventEmitter } from '../event-emitter.ts'
import type { QueueEvents } from '../events.ts'
import type { Random } from '../random.ts'
import { PacedLoop } from './paced-loop.ts'

export interface ExpirerParts {
  readonly driver: StorageDriver<never>
  readonly clock: Clock
  readonly random: Random
  readonly events: EventEmitter<QueueEvents>
  readonly onFailed: (job: ExpiredJob) => void
}

const stepLimit = 500
/** Between steps that came back full, so that a million late jobs do not crowd out those that run. */
const pauseMs = 250
const restMs = 10_000

/**
 * Ends jobs that wait although their `expiresAt` has passed. Without it they would end when a worker came to them, and
 * a job whose queue is paused never. Every worker runs one; two that meet end each job once.
 */
export class Expirer {
  readonly #parts: ExpirerParts
  readonly #loop: PacedLoop
  /** Monotonic time at which nothing was over, as a claim told. */
  #noneAt = -Infinity

  constructor(parts: ExpirerParts) {
    this.#parts = parts
    this.#loop = new PacedLoop(parts.clock, () => this.#stepIfNeeded())
  }

  /** Costs nothing with a driver that cannot expire. */
  start(): void {
    if (this.#parts.driver.expiry === undefined) return
    this.#loop.start(this.#parts.random.number() * restMs)
  }

  /** A claim looked: whether there is anything to do. */
  told(isOver: boolean): void {
    this.#noneAt = isOver ? -Infinity : this.#parts.clock.monotonic()
    if (isOver) this.#loop.hasten()
  }

  stop(): Promise<void> {
    return this.#loop.stop()
  }

  async #stepIfNeeded(): Promise<number> {
    return this.#parts.clock.monotonic() - this.#noneAt < restMs ? restMs : this.step()
  }

  /** Answers how many milliseconds the next step should wait. Never rejects. */
  async step(): Promise<number> {
    const { driver, events, onFailed } = this.#parts
    const jitter = 0.75 + this.#parts.random.number() / 2
    try {
      const expired = (await driver.expiry?.expire({ limit: stepLimit })) ?? []
      for (const job of expired) {
        events.emit('job:expired', { jobId: job.jobId, type: job.type, queue: job.queue })
        onFailed(job)
      }
      return jitter * (expired.length === stepLimit ? pauseMs : restMs)
    } catch (error) {
      events.emit('error', { error, during: 'expire' })
      return jitter * restMs
    }
  }
}

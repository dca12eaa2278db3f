import type { Clock } from '../clock.ts'
import type { LeaseSighting, ReapedJob, StorageDriver } from '../driver/storage-driver.ts'
import type { EventEmitter } from '../event-emitter.ts'
import type { QueueEvents } from '../events.ts'
import type { LeaseId } from '../job/stored-job.ts'
import type { Random } from '../random.ts'
import { PacedLoop } from './paced-loop.ts'

export interface LeaseReaperParts {
  readonly driver: StorageDriver<never>
  readonly clock: Clock
  readonly random: Random
  readonly events: EventEmitter<QueueEvents>
  readonly onEnded: (job: ReapedJob, end: 'crashed' | 'cancelled') => void
  /** How often it looks. */
  readonly scanMs: number
  /** How long an expired lease must be seen unchanged: at least the interval in which live workers extend theirs. */
  readonly heartbeatMs: number
}

interface Sighting extends LeaseSighting {
  /** Monotonic time at which this state was first seen. */
  readonly since: number
}

/**
 * Takes leases of crashed workers away. Every worker runs one, and no one leads.
 *
 * A lease is reaped only after it was seen expired twice, unchanged, a heartbeat apart by this process's monotonic
 * clock. That turns a jump of the database's clock, a long outage or a machine that was suspended from a mass double
 * execution into nothing: whoever lives has extended in between. For the same reason whatever was seen before an error
 * or before a stall of this process counts for nothing.
 */
export class LeaseReaper {
  readonly #parts: LeaseReaperParts
  readonly #loop: PacedLoop
  #seen = new Map<LeaseId, Sighting>()
  #lastLook = -Infinity
  /** When a claim last told of the expired leases. */
  #toldAt = -Infinity

  constructor(parts: LeaseReaperParts) {
    this.#parts = parts
    this.#loop = new PacedLoop(parts.clock, () => this.#scan())
  }

  start(): void {
    this.#loop.start(this.#parts.random.number() * this.#parts.scanMs)
  }

  stop(): Promise<void> {
    return this.#loop.stop()
  }

  /** A claim looked, so that this need not: what it saw counts like a look of its own. */
  told(expired: readonly LeaseSighting[]): void {
    const now = this.#parts.clock.monotonic()
    this.#forgetAfterStall(now)
    this.#lastLook = this.#toldAt = now
    this.#remember(expired)
  }

  /** One look at the expired leases; reaps those that are due for it. Never rejects. */
  async look(): Promise<void> {
    const { driver, clock, events, onEnded } = this.#parts
    const now = clock.monotonic()
    this.#lastLook = now
    try {
      const reply = await driver.reap({ confirmed: this.#confirmed(now) })
      this.#remember(reply.expired)
      for (const job of reply.reaped) {
        const { jobId, type, queue, crashes, to } = job
        events.emit('job:reaped', { jobId, type, queue, crashes, to })
        if (to !== 'pending') onEnded(job, to === 'failed' ? 'crashed' : to)
      }
    } catch (error) {
      this.#seen.clear()
      events.emit('error', { error, during: 'reap' })
    }
  }

  /** A look that comes late tells that this process stood still, and perhaps the whole machine. */
  async #scan(): Promise<number> {
    const now = this.#parts.clock.monotonic()
    this.#forgetAfterStall(now)
    const isKnown = now - this.#toldAt < this.#parts.scanMs
    if (!isKnown || this.#confirmed(now).length > 0) await this.look()
    return this.#parts.scanMs
  }

  #forgetAfterStall(now: number): void {
    if (now - this.#lastLook > this.#parts.scanMs * 2) this.#seen.clear()
  }

  #confirmed(now: number): LeaseSighting[] {
    return [...this.#seen.values()]
      .filter(({ since }) => now - since >= this.#parts.heartbeatMs)
      .map(({ leaseId, seen }) => ({ leaseId, seen }))
  }

  #remember(expired: readonly LeaseSighting[]): void {
    const now = this.#parts.clock.monotonic()
    const sightings = expired.map(({ leaseId, seen }): [LeaseId, Sighting] => {
      const before = this.#seen.get(leaseId)
      return [leaseId, before?.seen === seen ? before : { leaseId, seen, since: now }]
    })
    this.#seen = new Map(sightings)
  }
}

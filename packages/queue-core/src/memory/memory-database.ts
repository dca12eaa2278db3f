import type { Clock } from '../clock.ts'
import type { Timed } from '../driver/timed.ts'
import { systemClock } from '../system-clock.ts'
import { auditLedger } from './audit-ledger.ts'
import { copyOf, emptyLedger, type Ledger } from './ledger.ts'

/** Everything a memory database holds at one moment; opaque. */
export interface MemorySnapshot {
  /** @internal */
  readonly ledger: Ledger
}

/**
 * What several memory drivers of one process share, as connections share a database. Its clock is the database's
 * clock. `snapshot` and `restore` are for tests and simulations: a restored database has forgotten what came after.
 */
export class MemoryDatabase {
  readonly #clock: Clock
  readonly #listeners = new Set<(queues: readonly string[]) => void>()
  #ledger: Ledger = emptyLedger()

  constructor(options: { readonly clock?: Clock } = {}) {
    this.#clock = options.clock ?? systemClock
  }

  /**
   * Runs one verb to its end: nothing else happens in between, which is what makes each verb atomic.
   *
   * @internal
   */
  run<Reply>(request: Timed, verb: (ledger: Ledger, now: number) => Reply): Reply {
    const now = request.now ?? this.#clock.wall()
    const reply = verb(this.#ledger, now)
    const due = this.#ledger.arrivals.splice(0).filter(({ availableAt }) => availableAt <= now)
    const queues = new Set(due.map(({ jobId }) => this.#ledger.jobs.get(jobId)!.record.queue))
    if (queues.size > 0) this.#tell([...queues])
    return reply
  }

  /** Calls the listener with the queues in which jobs became due; returns the end of it. */
  subscribe(listener: (queues: readonly string[]) => void): () => void {
    const own = (queues: readonly string[]): void => listener(queues)
    this.#listeners.add(own)
    return () => void this.#listeners.delete(own)
  }

  snapshot(): MemorySnapshot {
    return { ledger: copyOf(this.#ledger) }
  }

  restore(snapshot: MemorySnapshot): void {
    this.#ledger = copyOf(snapshot.ledger)
  }

  /** What is wrong, one sentence each; empty when every invariant holds. */
  audit(): string[] {
    return auditLedger(this.#ledger)
  }

  /** What is stored is stored: a listener that throws must not make the verb look as if it had failed. */
  #tell(queues: readonly string[]): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener(queues)
      } catch {
        // It missed a wake-up; its next poll finds the job.
      }
    }
  }
}

import type { Clock } from '../clock.ts'
import type { Timed } from '../driver/timed.ts'
import { Listeners } from '../listeners.ts'
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
  readonly #listeners = new Listeners<[queues: readonly string[]]>()
  /**
   * A running job was asked to stop.
   *
   * @internal
   */
  readonly cancelRequests = new Listeners()
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
    if (queues.size > 0) this.#listeners.tell([...queues])
    return reply
  }

  /** Calls the listener with the queues in which jobs became due; returns the end of it. */
  subscribe(listener: (queues: readonly string[]) => void): () => void {
    return this.#listeners.add(listener)
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
}

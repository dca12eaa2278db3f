import type { Timer } from '../clock.ts'
import { StorageError } from '../errors.ts'
import type { Settlement, SettlementVerdict } from '../job/claimed-job.ts'
import { backoffMs, isClosed } from './backoff.ts'
import type { HeldJob } from './held-job.ts'
import { softened } from './softened-settlement.ts'
import type { WorkerParts } from './worker-parts.ts'

/** What one attempt came to: what is written, and what events tell. */
export interface Decision {
  readonly held: HeldJob
  readonly settlement: Settlement
  /** What the handler returned, of a finished job. */
  readonly value?: unknown
  /** What it threw, of a retried or failed one. */
  readonly error?: unknown
}

interface Pending {
  readonly decision: Decision
  settlement: Settlement
  /** How often storage refused this one by itself. */
  refusals: number
}

const mostPerCall = 500

/**
 * Writes settlements back. One call is under way at a time; whatever piles up meanwhile goes with the next one, so
 * batches grow under load and stay at one when there is none. A call that fails is repeated until storage answers: a
 * result that was computed is never given up because of a database that restarts.
 */
export class Settler {
  readonly #parts: WorkerParts
  readonly #onVerdict: (decision: Decision, verdict: SettlementVerdict) => void
  #pending: Pending[] = []
  #inFlight = 0
  #timer: Timer | undefined
  #failures = 0
  #perCall = mostPerCall
  #closed = false

  constructor(parts: WorkerParts, onVerdict: (decision: Decision, verdict: SettlementVerdict) => void) {
    this.#parts = parts
    this.#onVerdict = onVerdict
  }

  /** Settlements without an answer. */
  get backlog(): number {
    return this.#pending.length + this.#inFlight
  }

  add(decision: Decision): void {
    if (this.#closed) return
    this.#pending.push({ decision, settlement: decision.settlement, refusals: 0 })
    this.#send()
  }

  open(): void {
    this.#closed = false
  }

  /** Gives up what is left, and says how many: their leases run out, and the jobs run again. */
  close(): number {
    this.#closed = true
    this.#timer?.cancel()
    this.#timer = undefined
    const left = this.backlog
    this.#pending = []
    return left
  }

  #send(): void {
    if (this.#closed || this.#inFlight > 0 || this.#timer !== undefined || this.#pending.length === 0) return
    const batch = this.#pending.splice(0, this.#perCall)
    this.#inFlight = batch.length
    void this.#call(batch)
  }

  async #call(batch: readonly Pending[]): Promise<void> {
    const { driver } = this.#parts.runtime
    const settlements = batch.map(({ settlement }) => settlement)
    try {
      const verdicts = await driver.settle({ worker: this.#parts.options.name, settlements })
      this.#inFlight = 0
      this.#failures = 0
      this.#perCall = Math.min(mostPerCall, this.#perCall * 2)
      batch.forEach(({ decision }, index) => this.#onVerdict(decision, verdicts[index] ?? 'lost'))
    } catch (error) {
      this.#inFlight = 0
      this.#failed(batch, error)
    }
    this.#send()
  }

  #failed(batch: readonly Pending[], error: unknown): void {
    if (this.#closed) return
    this.#parts.runtime.events.emit('error', { error, during: 'settle' })
    if (isClosed(error)) return this.#giveUp(batch)
    if (StorageError.isInstance(error) && error.kind === 'refused') return this.#isolate(batch)
    this.#pending.unshift(...batch)
    this.#failures += 1
    const { clock, random } = this.#parts.runtime
    this.#timer = clock.setTimer(backoffMs(error, this.#failures, random), () => {
      this.#timer = undefined
      this.#send()
    })
  }

  /** One settlement in the batch cannot be stored as it is: halve until it is alone, then store less of it. */
  #isolate(batch: readonly Pending[]): void {
    const [only] = batch
    if (batch.length > 1 || only === undefined) {
      this.#perCall = Math.ceil(batch.length / 2)
      this.#pending.unshift(...batch)
      return
    }
    const settlement = softened(only.decision.settlement, (only.refusals += 1))
    if (settlement === undefined) return this.#giveUp(batch)
    only.settlement = settlement
    this.#pending.unshift(only)
    const { claim } = settlement
    const message = 'Storage refused what this attempt ended with; less of it is stored.'
    this.#parts.runtime.events.emit('warning', { code: 'settlement_refused', message, jobId: claim.jobId })
  }

  #giveUp(batch: readonly Pending[]): void {
    for (const { decision } of batch) this.#onVerdict(decision, 'lost')
  }
}

import type { SettlementVerdict } from '../job/claimed-job.ts'
import type { OutcomeName } from '../job/stored-job.ts'
import type { HeldJob } from './held-job.ts'
import { emitVerdict } from './settle-events.ts'
import type { Decision } from './settler.ts'
import type { WorkerParts } from './worker-parts.ts'

/**
 * Tells what storage said about settlements. `repeated` after a completion whose reply was lost is ambiguous: either
 * the completion was committed, or it was not and our own settlement was, sent twice. What is stored is the truth.
 */
export class Verdicts {
  readonly #parts: WorkerParts
  readonly #onChange: () => void
  #pending = 0

  constructor(parts: WorkerParts, onChange: () => void) {
    this.#parts = parts
    this.#onChange = onChange
  }

  /** Verdicts that are still being looked into. */
  get pending(): number {
    return this.#pending
  }

  tell(decision: Decision, verdict: SettlementVerdict): void {
    if (verdict === 'repeated' && decision.held.completion !== undefined) void this.#lookInto(decision)
    else emitVerdict(this.#parts, decision, verdict)
  }

  async #lookInto(decision: Decision): Promise<void> {
    this.#pending += 1
    const { held } = decision
    try {
      const outcome = await this.#storedOutcome(held)
      const isCompletion = outcome === held.completion!.settlement.outcome
      emitVerdict(this.#parts, isCompletion ? { held, ...held.completion! } : decision, 'applied')
    } catch {
      const message = 'Storage did not tell whether context.complete was committed; it decided this attempt either way.'
      const { claim, type } = held.job
      this.#parts.runtime.events.emit('warning', { code: 'outcome_unknown', message, jobId: claim.jobId, type })
    }
    this.#pending -= 1
    this.#onChange()
  }

  async #storedOutcome({ job: { claim } }: HeldJob): Promise<OutcomeName | undefined> {
    const [job] = await this.#parts.runtime.driver.find({ ids: [claim.jobId], history: true })
    return job?.history?.find(({ epoch }) => epoch === claim.epoch)?.outcome
  }
}

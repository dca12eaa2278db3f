import { JobAbortedError, TimeoutError, TransactionError, UnsupportedError } from '../errors.ts'
import { returnedOutcome } from '../job/attempt-outcome.ts'
import type { Settlement, SettlementVerdict } from '../job/claimed-job.ts'
import type { Transaction } from '../job/job.ts'
import type { HeldJob } from './held-job.ts'
import type { ReportBuffer } from './report-buffer.ts'
import type { Decision } from './settler.ts'
import type { WorkerParts } from './worker-parts.ts'

export interface CompleterParts extends WorkerParts {
  readonly reports: ReportBuffer
  /** Storage committed it: the attempt is over, though its handler has not returned. */
  readonly onCompleted: (decision: Decision) => void
  /** Storage refused it, with the user's writes: the handler has nothing left to do. */
  readonly onRefused: (held: HeldJob, reason: JobAbortedError) => void
}

/** Ends attempts inside a transaction of the handler's own: what it wrote and what the job came to commit together. */
export class Completer {
  readonly #parts: CompleterParts

  constructor(parts: CompleterParts) {
    this.#parts = parts
  }

  /** Rejects with what `work` threw, with what storage threw, or with why the job is not this attempt's any more. */
  async complete<R>(held: HeldJob, work: (transaction: Transaction) => Promise<R>): Promise<R> {
    const { driver } = this.#parts.runtime
    if (driver.transactions === undefined) throw new UnsupportedError(driver.name, 'context.complete')
    refuse(held)
    const completing = this.#complete(held, work)
    held.completing = completing.then(forget, forget)
    try {
      return await completing
    } finally {
      held.completing = undefined
    }
  }

  async #complete<R>(held: HeldJob, work: (transaction: Transaction) => Promise<R>): Promise<R> {
    const { runtime, options, reports } = this.#parts
    // Before the transaction: on a single connection a report would wait for it, and afterwards none applies.
    await reports.flush(held)
    let value!: R
    const verdict = await runtime.driver.transactions!.complete({
      worker: options.name,
      claim: held.job.claim,
      work: async (transaction, caller) => {
        value = await inside(held, caller as object, () => work(transaction))
        return this.#settlement(held, value)
      },
    })
    this.#conclude(held, verdict)
    return value
  }

  #settlement(held: HeldJob, value: unknown): Settlement {
    const { warning, ...decided } = returnedOutcome(value)
    const { claim, waitMs } = held.job
    const durationMs = this.#parts.runtime.clock.monotonic() - held.startedAt
    const settlement = { claim, ...decided, waitMs, durationMs }
    held.completion = { settlement, value, warning }
    return settlement
  }

  /** A claim that was settled before may have been so by this very completion, whose reply was lost: that stays open. */
  #conclude(held: HeldJob, verdict: SettlementVerdict): void {
    if (verdict === 'applied') {
      held.isCompleted = true
      // Decided without it meanwhile: what was sent for it will be answered as repeated, and that tells what happened.
      if (held.phase === 'running') this.#parts.onCompleted({ held, ...held.completion! })
      return
    }
    if (verdict !== 'repeated') held.completion = undefined
    const reason = new JobAbortedError(verdict === 'cancelled' ? 'cancelled' : 'lease_lost')
    if (held.phase === 'running') this.#parts.onRefused(held, reason)
    throw reason
  }
}

/**
 * A lease that only seems to be lost is for storage to judge, and work that is done should count while the worker
 * stops. A timeout or a cancel has decided already.
 */
function refuse({ isCompleted, completing, abortedBy, phase }: HeldJob): void {
  if (isCompleted || completing !== undefined) {
    throw new TransactionError('context.complete ends the attempt: it can be called once, and was called before.')
  }
  const isDecided = phase !== 'running'
  if (TimeoutError.isInstance(abortedBy)) throw abortedBy
  if (abortedBy !== undefined && (isDecided || abortedBy.reason === 'cancelled')) throw abortedBy
  if (isDecided) throw new TransactionError('context.complete was called after the attempt was decided.')
}

/** Jobs that are dispatched meanwhile belong to the transaction, also those that the work does not wait for. */
async function inside<R>(held: HeldJob, caller: object, work: () => Promise<R>): Promise<R> {
  const dispatches: Promise<unknown>[] = []
  held.transaction = { caller, dispatches }
  try {
    const value = await work()
    await Promise.allSettled(dispatches)
    return value
  } finally {
    held.transaction = undefined
  }
}

function forget(): void {}

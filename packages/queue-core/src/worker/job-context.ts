import type { Duration } from '../duration.ts'
import type { LogLine } from '../driver/driver-groups.ts'
import { PermanentError } from '../errors.ts'
import { cancel, snooze, type HandlerOutcome } from '../job/handler-outcome.ts'
import type { DispatchAny, JobContext, Transaction } from '../job/job.ts'
import type { Logger } from '../logger.ts'
import { decodeJson } from '../payload/encode-json.ts'
import { factsOf, type HeldJob } from './held-job.ts'
import { boundLogger } from './bound-logger.ts'
import type { Completer } from './completer.ts'
import type { ReportBuffer } from './report-buffer.ts'
import type { WorkerParts } from './worker-parts.ts'

export interface ContextParts extends WorkerParts {
  readonly completer: Completer
  readonly reports: ReportBuffer
}

/**
 * What a handler is given. Its members are getters, so that a handler may take them apart (`{ signal, progress }`)
 * while an attempt that uses none of them pays for none.
 */
export class AttemptContext implements JobContext {
  readonly #held: HeldJob
  readonly #parts: ContextParts
  #logger: Logger | undefined
  #meta: JobContext['meta'] | undefined
  #chosen: HandlerOutcome | undefined

  constructor(held: HeldJob, parts: ContextParts) {
    this.#held = held
    this.#parts = parts
  }

  /** The last outcome that was made here, returned or not. */
  static chosenIn(context: AttemptContext): HandlerOutcome | undefined {
    return context.#chosen
  }

  get jobId(): string {
    return this.#held.job.claim.jobId
  }
  get type(): string {
    return this.#held.job.type
  }
  get queue(): string {
    return this.#held.job.queue
  }
  get attempt(): number {
    return this.#held.job.attempt
  }
  get maxAttempts(): number {
    return this.#held.job.maxAttempts
  }
  /** Throws when it is not JSON any more: to run without its tenant is worse than not to run. */
  get meta(): JobContext['meta'] {
    return (this.#meta ??= metaOf(this.#held))
  }
  get signal(): AbortSignal {
    return this.#held.signal
  }
  get logger(): Logger {
    const { jobId, type, queue, attempt } = this
    return (this.#logger ??= boundLogger(this.#parts.runtime.logger, { jobId, type, queue, attempt }))
  }

  get progress(): (percent: number) => void {
    return (percent) => this.#tellProgress(percent)
  }

  get log(): (message: string, level?: LogLine['level']) => void {
    return (message, level = 'info') => {
      if (this.#held.phase === 'running') this.#parts.reports.log(this.#held, message, level)
    }
  }

  get dispatch(): DispatchAny {
    const { dispatch } = this.#parts.runtime
    return (job, payload, options) => {
      const { transaction } = this.#held
      if (transaction === undefined) return dispatch(job, payload, options)
      const stored = dispatch(job, payload, { ...options, ...transaction.caller })
      transaction.dispatches.push(stored)
      return stored
    }
  }

  get complete(): <R>(work: (transaction: Transaction) => Promise<R>) => Promise<R> {
    return (work) => this.#parts.completer.complete(this.#held, work)
  }

  get snooze(): (delay: Duration, reason?: string) => HandlerOutcome {
    return (delay, reason) => (this.#chosen = snooze(delay, reason))
  }

  get cancel(): (reason: string) => HandlerOutcome {
    return (reason) => (this.#chosen = cancel(reason))
  }

  /** A progress that is not a number must not fail the work it tells of; nor may it speak for an attempt that is over. */
  #tellProgress(percent: number): void {
    if (!Number.isFinite(percent) || this.#held.phase !== 'running') return
    const bounded = Math.min(100, Math.max(0, percent))
    this.#parts.reports.progress(this.#held, bounded)
    const facts = factsOf(this.#held, this.#parts.options.name)
    this.#parts.runtime.events.emit('job:progress', { ...facts, percent: bounded })
  }
}

function metaOf({ job }: HeldJob): JobContext['meta'] {
  if (job.meta === undefined) return {}
  try {
    return decodeJson(job.meta) as JobContext['meta']
  } catch (cause) {
    throw new PermanentError('The stored meta of the job is not JSON.', { cause })
  }
}

import type { Duration } from '../duration.ts'
import { UnsupportedError } from '../errors.ts'
import { cancel, snooze, type HandlerOutcome } from '../job/handler-outcome.ts'
import type { DispatchAny, JobContext, Transaction } from '../job/job.ts'
import type { Logger } from '../logger.ts'
import { factsOf, type HeldJob } from './held-job.ts'
import type { WorkerParts } from './worker-parts.ts'

/**
 * What a handler is given. Its members are getters, so that a handler may take them apart (`{ signal, progress }`)
 * while an attempt that uses none of them pays for none.
 */
export class AttemptContext implements JobContext {
  readonly #held: HeldJob
  readonly #parts: WorkerParts
  #logger: Logger | undefined
  #chosen: HandlerOutcome | undefined

  constructor(held: HeldJob, parts: WorkerParts) {
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

  get dispatch(): DispatchAny {
    const { dispatch } = this.#parts.runtime
    return (job, payload, options) => dispatch(job, payload, options)
  }

  get complete(): <R>(work: (transaction: Transaction) => Promise<R>) => Promise<R> {
    const { driver } = this.#parts.runtime
    return () => Promise.reject(new UnsupportedError(driver.name, 'context.complete'))
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
    const facts = factsOf(this.#held, this.#parts.options.name)
    this.#parts.runtime.events.emit('job:progress', { ...facts, percent: Math.min(100, Math.max(0, percent)) })
  }
}

function boundLogger(logger: Logger, bound: object): Logger {
  return {
    debug: (fields, message) => logger.debug({ ...bound, ...fields }, message),
    info: (fields, message) => logger.info({ ...bound, ...fields }, message),
    warn: (fields, message) => logger.warn({ ...bound, ...fields }, message),
    error: (fields, message) => logger.error({ ...bound, ...fields }, message),
  }
}

import type { Duration } from '../duration.ts'
import type { BatchJob } from '../job/batch.ts'
import { cancel, snooze, type HandlerOutcome } from '../job/handler-outcome.ts'
import type { JobContext } from '../job/job.ts'
import type { HeldJob } from './held-job.ts'

/** One job of a batch, until it has an outcome of its own; the runner of its attempt waits for that. */
export class BatchEntry implements BatchJob<unknown> {
  readonly held: HeldJob
  readonly payload: unknown
  /** What the job came to, as a handler of its own would have returned or thrown it. */
  readonly outcome: Promise<unknown>
  readonly #context: JobContext
  readonly #resolve: (value: unknown) => void
  readonly #reject: (error: unknown) => void

  constructor(held: HeldJob, payload: unknown, context: JobContext) {
    this.held = held
    this.payload = payload
    this.#context = context
    let ends!: [(value: unknown) => void, (error: unknown) => void]
    this.outcome = new Promise((resolve, reject) => (ends = [resolve, reject]))
    ;[this.#resolve, this.#reject] = ends
  }

  get id(): string {
    return this.#context.jobId
  }
  get attempt(): number {
    return this.#context.attempt
  }
  get maxAttempts(): number {
    return this.#context.maxAttempts
  }
  get signal(): AbortSignal {
    return this.#context.signal
  }
  get progress(): JobContext['progress'] {
    return this.#context.progress
  }
  get log(): JobContext['log'] {
    return this.#context.log
  }

  get meta(): JobContext['meta'] {
    return this.#context.meta
  }
  get dispatch(): JobContext['dispatch'] {
    return this.#context.dispatch
  }
  get complete(): JobContext['complete'] {
    return async (work) => {
      const value = await this.#context.complete(work)
      this.#resolve(value)
      return value
    }
  }

  finish(result?: unknown): void {
    this.#resolve(result)
  }

  fail(error: unknown): void {
    this.#reject(error)
  }

  snooze(delay: Duration, reason?: string): HandlerOutcome {
    const outcome = snooze(delay, reason)
    this.#resolve(outcome)
    return outcome
  }

  cancel(reason: string): HandlerOutcome {
    const outcome = cancel(reason)
    this.#resolve(outcome)
    return outcome
  }
}

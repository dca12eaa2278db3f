import {
  InvalidPayloadError,
  JobAbortedError,
  JobNotFinishedError,
  PermanentError,
  TimeoutError,
  UnknownJobError,
} from '../errors.ts'
import { attemptOutcome, type AttemptBudget, type AttemptEnd } from '../job/attempt-outcome.ts'
import { describeError } from '../job/describe-error.ts'
import { readOutcome } from '../job/handler-outcome.ts'
import type { RegisteredJob } from '../job/registered-job.ts'
import { decodeJson } from '../payload/encode-json.ts'
import { validatePayload } from '../payload/validate-payload.ts'
import type { Deadlines } from './deadlines.ts'
import { factsOf, type HeldJob } from './held-job.ts'
import { checkReturn } from './after-completion.ts'
import type { Batches } from './batches.ts'
import { AttemptContext, type ContextParts } from './job-context.ts'
import { handleThrough } from './middleware.ts'
import { reportError } from './report-error.ts'
import type { Decision } from './settler.ts'
import { owningStrayErrors } from './stray-errors.ts'

export interface RunnerParts extends ContextParts {
  readonly batches: Batches
  /** The attempt is over, and its handler may go on. */
  readonly onDecided: (decision: Decision) => void
  /** The handler of a completed attempt does not return. */
  readonly onLeft: (held: HeldJob) => void
}

/**
 * Runs attempts. Each is decided once: when its handler returns or throws, or, when it does not within the grace after
 * it was told to stop, without it. Deciding early while the handler still runs would let a second attempt overlap with
 * it; never deciding would let one hanging handler keep its job for ever.
 */
export class AttemptRunner {
  readonly #parts: RunnerParts
  readonly #deadlines: Deadlines

  constructor(parts: RunnerParts, deadlines: Deadlines) {
    this.#parts = parts
    this.#deadlines = deadlines
  }

  /** Resolves when the handler has returned, which may be after its attempt was decided. Never rejects. */
  async run(held: HeldJob): Promise<void> {
    held.phase = 'running'
    held.startedAt = this.#parts.runtime.clock.monotonic()
    const end = await this.#attempt(held)
    // A handler that does not wait for its completion has left the decision to it all the same.
    await held.completing
    held.watch?.cancel()
    if (held.isCompleted) checkReturn(this.#parts.runtime, held, end)
    else this.#decide(held, end)
  }

  /** Tells the handler to stop, and gives it `graceMs` to do so. */
  abort(held: HeldJob, reason: TimeoutError | JobAbortedError, graceMs = this.#parts.options.graceMs): void {
    held.abort(reason, this.#parts.runtime.clock.monotonic())
    held.watch?.cancel()
    held.watch = this.#deadlines.watch(graceMs, () => this.#abandon(held))
  }

  /**
   * Tells the handler that its lease may be gone. Nothing is decided without it: if the lease turns out to stand, no
   * other worker has the job, and what the handler comes to counts; its timeout goes on.
   */
  fence(held: HeldJob): void {
    held.abort(new JobAbortedError('lease_lost'), this.#parts.runtime.clock.monotonic())
  }

  /** Its handler may wait for what will never come now: it is told to stop. */
  blame(held: HeldJob, error: unknown): void {
    const { clock } = this.#parts.runtime
    if (held.blame(error, clock.monotonic())) {
      held.watch?.cancel()
      held.watch = this.#deadlines.watch(this.#parts.options.graceMs, () => this.#abandon(held))
      return
    }
    const { name, message } = describeError(error)
    this.#warn(held, 'stray_error', `Too late to decide its attempt, the job threw ${name}: ${message}`)
    this.#report(held, error)
  }

  async #attempt(held: HeldJob): Promise<AttemptEnd> {
    if (held.job.expired) return { kind: 'expired' }
    const job = this.#parts.runtime.jobs.get(held.job.type)
    if (job === undefined) return { kind: 'threw', error: new UnknownJobError(held.job.type) }
    this.#watchTimeout(held, job)
    const payload = await payloadOf(held, job)
    if ('issues' in payload) {
      return { kind: 'invalid_payload', error: new InvalidPayloadError(job.type, payload.issues) }
    }
    if (held.abortedBy !== undefined) return { kind: 'threw', error: held.abortedBy }
    return this.#handle(held, job, payload.value)
  }

  #watchTimeout(held: HeldJob, { type, timeoutMs }: RegisteredJob): void {
    if (timeoutMs === undefined) return
    held.watch = this.#deadlines.watch(timeoutMs, () => this.abort(held, new TimeoutError(type, timeoutMs)))
  }

  async #handle(held: HeldJob, job: RegisteredJob, payload: unknown): Promise<AttemptEnd> {
    const { driver, events, middleware } = this.#parts.runtime
    events.emit('job:started', { ...factsOf(held, this.#parts.options.name), waitMs: held.job.waitMs })
    const context = new AttemptContext(held, this.#parts)
    const { handle, many } = job
    const call = async (): Promise<unknown> =>
      many === undefined ? handle?.(payload, context) : this.#parts.batches.join(many, held, { payload, context })
    const through = () => handleThrough(middleware, { context, payload, handle: call })
    // Inside of the scope: a driver's may leave every async context.
    const work = () => owningStrayErrors((error) => this.blame(held, error), through)
    try {
      const value = await (driver.runInScope === undefined ? work() : driver.runInScope(work))
      return this.#returned(held, context, value)
    } catch (error) {
      return { kind: 'threw', error }
    }
  }

  #returned(held: HeldJob, context: AttemptContext, value: unknown): AttemptEnd {
    if (readOutcome(value) !== undefined) return { kind: 'returned', value }
    const chosen = AttemptContext.chosenIn(context)
    if (chosen !== undefined) {
      this.#warn(
        held,
        'outcome_not_returned',
        'context.snooze or context.cancel was called but not returned; it counts.',
      )
      return { kind: 'returned', value: chosen }
    }
    // A handler that stops early at its timeout returns as one does that is done: only the error is safe to believe.
    if (TimeoutError.isInstance(held.abortedBy)) return { kind: 'threw', error: held.abortedBy }
    return { kind: 'returned', value }
  }

  #abandon(held: HeldJob): void {
    const { clock, events } = this.#parts.runtime
    const sinceMs = clock.monotonic() - held.abortedAt
    events.emit('job:stuck', { ...factsOf(held, this.#parts.options.name), sinceMs })
    if (held.isCompleted) this.#parts.onLeft(held)
    else this.#decide(held, { kind: 'threw', error: held.abortedBy })
  }

  #decide(held: HeldJob, came: AttemptEnd): void {
    if (held.phase !== 'running') return
    const end = held.stray === undefined || isPermanent(came) ? came : { kind: 'threw' as const, ...held.stray }
    const { runtime } = this.#parts
    const { claim, waitMs } = held.job
    const { warning, ...decided } = attemptOutcome(end, this.#budgetOf(held))
    const durationMs = runtime.clock.monotonic() - held.startedAt
    const error = errorOf(end, held)
    if (warning !== undefined) this.#warn(held, 'attempt', warning)
    if (error !== undefined && (decided.outcome === 'retried' || decided.outcome === 'failed')) {
      this.#report(held, error)
    }
    const value = end.kind === 'returned' ? end.value : undefined
    this.#parts.onDecided({ held, settlement: { claim, ...decided, waitMs, durationMs }, value, error })
  }

  #budgetOf(held: HeldJob): AttemptBudget {
    const { type, attempt, maxAttempts } = held.job
    const job = this.#parts.runtime.jobs.get(type)
    const retryDelay: AttemptBudget['retryDelay'] = (failed, error) =>
      job?.retryDelay(failed, error) ?? { delayMs: 60_000 }
    return { attempt, maxAttempts, abortedBy: held.abortedBy, retryDelay }
  }

  #report({ job: { claim, type, attempt } }: HeldJob, error: unknown): void {
    reportError(this.#parts.runtime, error, { id: claim.jobId, type, attempt })
  }

  #warn(held: HeldJob, code: string, message: string): void {
    const { claim, type } = held.job
    this.#parts.runtime.events.emit('warning', { code, message, jobId: claim.jobId, type })
  }
}

type Payload = Awaited<ReturnType<typeof validatePayload>>

/** Stored text may have been changed by hand since core encoded it. */
async function payloadOf(held: HeldJob, job: RegisteredJob): Promise<Payload> {
  let value: unknown
  try {
    value = decodeJson(held.job.payload)
  } catch {
    return { issues: [{ path: '$', message: 'the stored payload is not JSON' }] }
  }
  return job.schema === undefined ? { value } : validatePayload(job.schema, value)
}

function isPermanent(end: AttemptEnd): boolean {
  return end.kind === 'threw' && PermanentError.isInstance(end.error)
}

function errorOf(end: AttemptEnd, held: HeldJob): unknown {
  if (end.kind === 'invalid_payload') return end.error
  if (end.kind === 'expired') return new JobNotFinishedError(held.job.claim.jobId, 'failed', 'expired', undefined)
  if (end.kind !== 'threw') return undefined
  if (TimeoutError.isInstance(held.abortedBy) && !PermanentError.isInstance(end.error)) return held.abortedBy
  return end.error ?? new Error(`The handler threw ${String(end.error)}.`)
}

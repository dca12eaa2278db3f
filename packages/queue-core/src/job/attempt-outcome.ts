import { durationMs } from '../duration.ts'
import { PermanentError, TimeoutError, type InvalidPayloadError, type JobAbortedError } from '../errors.ts'
import { encodeResult } from '../payload/encode-json.ts'
import type { Settlement } from './claimed-job.ts'
import { cleanText } from './clean-text.ts'
import { encodeError } from './describe-error.ts'
import { isSnooze, readOutcome, type CancelOutcome, type SnoozeOutcome } from './handler-outcome.ts'
import type { FailureReason } from './job-state.ts'
import type { RetryDelay } from './retry-policy.ts'

/** How an attempt came to its end. The last two never reached the handler. */
export type AttemptEnd =
  | { readonly kind: 'returned'; readonly value: unknown }
  | { readonly kind: 'threw'; readonly error: unknown }
  | { readonly kind: 'invalid_payload'; readonly error: InvalidPayloadError }
  | { readonly kind: 'expired' }

/** What else the decision needs to know. */
export interface AttemptBudget {
  /** From 1. */
  readonly attempt: number
  readonly maxAttempts: number
  /** Why the handler had been told to stop, if it had. */
  readonly abortedBy?: TimeoutError | JobAbortedError | undefined
  /** The job's policy; it never throws. */
  retryDelay(attempt: number, error: unknown): RetryDelay
}

/** The part of a `Settlement` that is decided; `warning` is for people. */
export interface AttemptOutcome extends Pick<Settlement, 'outcome' | 'delayMs' | 'reason' | 'error' | 'result'> {
  readonly warning?: string
}

const maxReasonBytes = 1_024

/**
 * What an attempt means: finished, retry, failed and why, snoozed, cancelled, or given back. Pure. A cancel that was
 * asked meanwhile is the driver's to see: it wins over whatever is decided here.
 */
export function attemptOutcome(end: AttemptEnd, budget: AttemptBudget): AttemptOutcome {
  switch (end.kind) {
    case 'returned':
      return returnedOutcome(end.value)
    case 'threw':
      return threw(end.error, budget)
    case 'invalid_payload':
      return failed('invalid_payload', end.error)
    case 'expired':
      return { outcome: 'failed', reason: 'expired' satisfies FailureReason }
  }
}

/** What a returned value means. */
export function returnedOutcome(value: unknown): AttemptOutcome {
  const chosen = readOutcome(value)
  if (chosen !== undefined) return isSnooze(chosen) ? snoozed(chosen) : cancelled(chosen)
  const { text, problem } = encodeResult(value)
  return {
    outcome: 'finished',
    ...(text !== undefined && { result: text }),
    ...(problem !== undefined && { warning: problem }),
  }
}

function snoozed({ delayMs, reason }: SnoozeOutcome): AttemptOutcome {
  return { outcome: 'snoozed', delayMs: durationMs(delayMs) ?? 0, ...reasonOf(reason) }
}

function cancelled({ reason }: CancelOutcome): AttemptOutcome {
  return { outcome: 'cancelled', ...reasonOf(reason) }
}

function threw(error: unknown, budget: AttemptBudget): AttemptOutcome {
  if (PermanentError.isInstance(error)) return failed('permanent', error)
  const { abortedBy } = budget
  if (abortedBy === undefined) return retriedOrFailed(error, budget)
  // Libraries answer an aborted signal with errors of their own; what stopped the handler says more.
  if (TimeoutError.isInstance(abortedBy)) return retriedOrFailed(abortedBy, budget)
  return { outcome: abortedBy.reason === 'cancelled' ? 'cancelled' : 'released' }
}

function retriedOrFailed(error: unknown, budget: AttemptBudget): AttemptOutcome {
  const { attempt, maxAttempts } = budget
  if (attempt >= maxAttempts) return failed(TimeoutError.isInstance(error) ? 'timeout' : 'exhausted', error)
  return { outcome: 'retried', error: encodeError(error), ...budget.retryDelay(attempt, error) }
}

function failed(reason: FailureReason, error: unknown): AttemptOutcome {
  return { outcome: 'failed', reason, error: encodeError(error) }
}

function reasonOf(reason: unknown): { reason?: string } {
  return typeof reason === 'string' && reason !== '' ? { reason: cleanText(reason, maxReasonBytes) } : {}
}

import { parseDuration, type Duration } from '../duration.ts'

/** Registered, so that two installed copies of this package know each other's outcomes. */
const outcomeKey: unique symbol = Symbol.for('goplate.queue.outcome') as never

/** What `context.snooze` and `context.cancel` give a handler to return: a choice, not an error. */
export interface HandlerOutcome {
  readonly [outcomeKey]: 'snoozed' | 'cancelled'
}

/** Run again after `delayMs`; the attempt is given back. */
export interface SnoozeOutcome extends HandlerOutcome {
  readonly [outcomeKey]: 'snoozed'
  readonly delayMs: number
  readonly reason: string | undefined
}

/** End the job for good. */
export interface CancelOutcome extends HandlerOutcome {
  readonly [outcomeKey]: 'cancelled'
  readonly reason: string
}

/** @throws InvalidOptionError when the delay is not a duration */
export function snooze(delay: Duration, reason?: string): SnoozeOutcome {
  return { [outcomeKey]: 'snoozed', delayMs: parseDuration(delay, 'snooze'), reason }
}

export function cancel(reason: string): CancelOutcome {
  return { [outcomeKey]: 'cancelled', reason }
}

/** The outcome a handler returned, if its value is one. Total: a hostile value is not an outcome. */
export function readOutcome(value: unknown): SnoozeOutcome | CancelOutcome | undefined {
  try {
    return typeof value === 'object' && value !== null && outcomeKey in value
      ? (value as SnoozeOutcome | CancelOutcome)
      : undefined
  } catch {
    return undefined
  }
}

export function isSnooze(outcome: SnoozeOutcome | CancelOutcome): outcome is SnoozeOutcome {
  return outcome[outcomeKey] === 'snoozed'
}

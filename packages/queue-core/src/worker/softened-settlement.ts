import { encodeError } from '../job/describe-error.ts'
import type { Settlement } from '../job/claimed-job.ts'

/**
 * What to write instead of a settlement that storage refused by itself: first without its texts, which are all a
 * handler can bring in, but with a plain error that says so; then with nothing but the outcome. Undefined: give up.
 * The outcome itself is never changed: work that is done must not run again because its result cannot be stored.
 */
export function softened(settlement: Settlement, refusals: number): Settlement | undefined {
  const { claim, outcome, delayMs, reason, error, waitMs, durationMs } = settlement
  const bare = { claim, outcome, waitMs, durationMs, ...(delayMs === undefined ? {} : { delayMs }) }
  // A failed job keeps its reason: it is one of ours, and drivers may require it.
  const kept = outcome === 'failed' && reason !== undefined ? { ...bare, reason } : bare
  if (refusals === 1) return error === undefined ? kept : { ...kept, error: plainError }
  if (refusals === 2) return kept
  return undefined
}

const plainError = encodeError(new Error('The error of this attempt could not be stored.'))

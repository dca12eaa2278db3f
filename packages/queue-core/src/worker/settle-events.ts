import type { FailureReason } from '../job/job-state.ts'
import type { SettlementVerdict } from '../job/claimed-job.ts'
import { factsOf } from './held-job.ts'
import type { Decision } from './settler.ts'
import type { WorkerParts } from './worker-parts.ts'

/** Tells what became of an attempt, once storage has said so. `repeated` is our own earlier call whose reply was lost. */
export function emitVerdict(parts: WorkerParts, decision: Decision, verdict: SettlementVerdict): void {
  const { events } = parts.runtime
  const facts = factsOf(decision.held, parts.options.name)
  const { durationMs } = decision.settlement
  if (verdict === 'lost') events.emit('job:lost', facts)
  else if (verdict === 'cancelled') {
    events.emit('job:cancelled', { ...facts, durationMs, reason: decision.held.cancelReason })
  } else emitOutcome(parts, decision)
}

function emitOutcome(parts: WorkerParts, { held, settlement, value, error }: Decision): void {
  const { events } = parts.runtime
  const facts = factsOf(held, parts.options.name)
  const { outcome, durationMs, reason, delayMs = 0 } = settlement
  switch (outcome) {
    case 'finished':
      return events.emit('job:finished', { ...facts, durationMs, result: value })
    case 'retried':
      return events.emit('job:retrying', { ...facts, durationMs, delayMs, error })
    case 'failed':
      if (reason === 'expired') {
        events.emit('job:expired', { jobId: facts.jobId, type: facts.type, queue: facts.queue })
      }
      return events.emit('job:failed', { ...facts, durationMs, reason: reason as FailureReason, error })
    case 'cancelled':
      return events.emit('job:cancelled', { ...facts, durationMs, reason })
    case 'snoozed':
      return events.emit('job:snoozed', { ...facts, durationMs, delayMs })
    case 'released':
      return events.emit('job:released', facts)
  }
}

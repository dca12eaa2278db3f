import type { AttemptEnd } from '../job/attempt-outcome.ts'
import { encodeResult } from '../payload/encode-json.ts'
import type { Runtime } from '../runtime.ts'
import type { HeldJob } from './held-job.ts'
import { reportError } from './report-error.ts'

/** The job was finished inside the handler: what the handler comes to afterwards changes nothing, but may be a mistake. */
export function checkReturn(runtime: Runtime, held: HeldJob, end: AttemptEnd): void {
  const { claim, type, attempt } = held.job
  const warn = (code: string, message: string): void =>
    runtime.events.emit('warning', { code, message, jobId: claim.jobId, type })
  if (end.kind === 'threw') {
    warn('threw_after_complete', 'The handler threw after context.complete; the job stays as it was completed.')
    reportError(runtime, end.error, { id: claim.jobId, type, attempt })
  } else if (end.kind === 'returned' && !isSameResult(end.value, held)) {
    warn('result_not_returned', 'The handler returned another value than context.complete; the first is kept.')
  }
}

function isSameResult(value: unknown, { completion }: HeldJob): boolean {
  if (Object.is(value, completion?.value)) return true
  const { text, problem } = encodeResult(value)
  return problem === undefined && text === completion?.settlement.result
}

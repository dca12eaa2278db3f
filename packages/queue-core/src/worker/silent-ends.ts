import { JobNotFinishedError } from '../errors.ts'
import type { JobId } from '../job/stored-job.ts'
import { reportError } from './report-error.ts'
import type { WorkerParts } from './worker-parts.ts'

/** A job that storage ended while no handler of it ran. */
export interface EndedJob {
  readonly jobId: JobId
  readonly type: string
  readonly queue: string
  readonly attempt: number
  readonly maxAttempts: number
}

/** Tells of such an end as of one that an attempt came to: whoever watches failures must not need other events for it. */
export function tellEnd(
  { runtime, options }: WorkerParts,
  ended: EndedJob,
  end: 'crashed' | 'expired' | 'cancelled',
): void {
  const { jobId, type, queue, attempt, maxAttempts } = ended
  const facts = { jobId, type, queue, attempt, maxAttempts, worker: options.name, durationMs: 0 }
  if (end === 'cancelled') return runtime.events.emit('job:cancelled', { ...facts, reason: undefined })
  const error = new JobNotFinishedError(jobId, 'failed', end, undefined)
  reportError(runtime, error, { id: jobId, type, attempt })
  runtime.events.emit('job:failed', { ...facts, reason: end, error })
}

import { JobNotFinishedError, JobNotFoundError } from '../errors.ts'
import type { JobId, StoredJob } from '../job/stored-job.ts'
import { decodeJson } from '../payload/encode-json.ts'

/** What waiting for a job comes to. Throws `JobNotFoundError`, `JobNotFinishedError`. */
export function resultOf(id: JobId, job: StoredJob | undefined): unknown {
  if (job === undefined) throw new JobNotFoundError(id)
  if (job.state === 'failed' || job.state === 'cancelled') {
    throw new JobNotFinishedError(
      id,
      job.state,
      job.reason,
      job.error === undefined ? undefined : decodeJson(job.error),
    )
  }
  return job.result === undefined ? undefined : decodeJson(job.result)
}

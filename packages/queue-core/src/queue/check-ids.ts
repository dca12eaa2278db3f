import { InvalidOptionError } from '../errors.ts'
import type { JobId } from '../job/stored-job.ts'

export function idsOf(target: JobId | readonly JobId[]): readonly JobId[] {
  return (typeof target === 'string' ? [target] : target).map(checkId)
}

/** Ids are opaque, but short texts. Throws `InvalidOptionError`. */
export function checkId(id: unknown): JobId {
  if (typeof id === 'string' && id.length > 0 && id.length <= 64) return id
  throw new InvalidOptionError('id', 'must be a job id as dispatch returned it')
}

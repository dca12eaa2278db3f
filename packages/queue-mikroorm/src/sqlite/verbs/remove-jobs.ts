import type { RemoveRequest, RemoveVerdict } from '@goplate/queue-core'
import { jobNumber } from '../../ledger/job-id.ts'
import type { Session } from '../session.ts'
import { finalOutcome } from '../statements/final-outcome.ts'
import { jobPlace } from '../statements/job-place.ts'
import { forgetJobs } from './forget-jobs.ts'

export function removeJobs(session: Session, { ids }: RemoveRequest): readonly RemoveVerdict[] {
  const removed = new Set<number>()
  const verdicts = ids.map((id): RemoveVerdict => {
    const job = jobNumber(id) ?? 0
    if (removed.has(job) || session.get(jobPlace, job) === undefined) return 'missing'
    if (session.get(finalOutcome, job) === undefined) return 'not_ended'
    removed.add(job)
    return 'removed'
  })
  forgetJobs(session, [...removed])
  return verdicts
}

import type { ExpiredJob, ExpireRequest } from '@goplate/queue-core'
import { jobIdOf } from '../../ledger/job-id.ts'
import { failedState } from '../../ledger/outcome-state.ts'
import type { Session } from '../session.ts'
import { jobPlace } from '../statements/job-place.ts'
import { popExpired } from '../statements/pop-expired.ts'
import { endWaiting, takeUp } from '../waiting-row.ts'

/** A job that runs meanwhile is left alone; when it waits again, it stands in the table again. */
export function expireJobs(session: Session, { limit }: ExpireRequest, now: number): readonly ExpiredJob[] {
  return session.all(popExpired, now, limit).flatMap(({ job }): ExpiredJob[] => {
    const place = session.get(jobPlace, job)
    if (place === undefined) return []
    const waiting = takeUp(session, place)
    if (waiting === undefined) return []
    endWaiting(session, { job, waiting, state: failedState, reason: 'expired', now })
    const { type, queue, maxAttempts } = place
    return [{ jobId: jobIdOf(job), type, queue, attempt: waiting.attempt, maxAttempts }]
  })
}

import type { RetryRequest, RetryVerdict } from '@goplate/queue-core'
import { jobNumber } from '../../ledger/job-id.ts'
import { endedState } from '../../ledger/outcome-state.ts'
import type { Session } from '../session.ts'
import { clearExpiry } from '../statements/clear-expiry.ts'
import { deleteExpiry } from '../statements/delete-expiry.ts'
import { finalOutcome } from '../statements/final-outcome.ts'
import { insertUniqueKey } from '../statements/insert-unique-key.ts'
import { jobPlace } from '../statements/job-place.ts'
import { keyHolder } from '../statements/key-holder.ts'
import { reopenOutcome } from '../statements/reopen-outcome.ts'
import type { JobPlace } from '../rows.ts'
import { putDown } from '../waiting-row.ts'

export interface Retried {
  readonly verdicts: readonly RetryVerdict[]
  readonly dueQueues: ReadonlySet<string>
}

export function retryJobs(session: Session, { ids, from }: RetryRequest, now: number): Retried {
  const dueQueues = new Set<string>()
  const verdicts = ids.map((id): RetryVerdict => {
    const place = session.get(jobPlace, jobNumber(id) ?? 0)
    if (place === undefined) return 'missing'
    const end = session.get(finalOutcome, place.job)
    if (end === undefined || !from.includes(endedState(end.state))) return 'refused'
    if (!takeKeyAgain(session, place)) return 'conflict'
    if (session.run(reopenOutcome, now, place.job, end.epoch) === 0) return 'refused'
    const expiresAt = expiryAhead(session, place, now)
    putDown(session, { ...place, expiresAt, availableAt: now }, { epoch: end.epoch, attempt: 0, crashes: 0, now })
    dueQueues.add(place.queue)
    return 'retried'
  })
  return { verdicts, dueQueues }
}

/** One that is over is taken off, also from the table in which the job stood when it ran last. */
function expiryAhead(session: Session, { job, expiresAt }: JobPlace, now: number): number | null {
  if (expiresAt === null || expiresAt > now) return expiresAt
  session.run(deleteExpiry, job, job)
  session.run(clearExpiry, job)
  return null
}

/** Whether the job has its unique key again, or never had one. */
function takeKeyAgain(session: Session, { job, uniqueKey }: JobPlace): boolean {
  if (uniqueKey === null) return true
  if (session.get(keyHolder, uniqueKey) !== undefined) return false
  session.run(insertUniqueKey, uniqueKey, job)
  return true
}

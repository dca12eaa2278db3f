import type { FindRequest, StoredJob } from '@goplate/queue-core'
import { jobNumber } from '../../ledger/job-id.ts'
import { runningJobs } from '../lease.ts'
import { onceAsked } from '../once-asked.ts'
import type { Session } from '../session.ts'
import { jobOutcomes } from '../statements/job-outcomes.ts'
import { loadJob, storedOutcome } from '../stored-job.ts'

export function findJobs(session: Session, { ids, history }: FindRequest): readonly StoredJob[] {
  const running = onceAsked(() => runningJobs(session))
  return ids.flatMap((id) => {
    const number = jobNumber(id) ?? 0
    const job = loadJob(session, number, running)
    if (job === undefined) return []
    return [history === true ? { ...job, history: session.all(jobOutcomes, number).map(storedOutcome) } : job]
  })
}

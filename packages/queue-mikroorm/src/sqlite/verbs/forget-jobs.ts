import { blankEntries } from '../lease.ts'
import type { Session } from '../session.ts'
import { deleteExpiry } from '../statements/delete-expiry.ts'
import { deleteJob } from '../statements/delete-job.ts'
import { deleteLogLines } from '../statements/delete-log-lines.ts'
import { deleteOutcomes } from '../statements/delete-outcomes.ts'
import { deleteProgress } from '../statements/delete-progress.ts'
import { deleteSlot } from '../statements/delete-slot.ts'

/** Removes ended jobs with all that was written about them. */
export function forgetJobs(session: Session, jobs: readonly number[]): void {
  for (const job of jobs) {
    session.run(deleteExpiry, job, job)
    for (const statement of [deleteOutcomes, deleteProgress, deleteLogLines, deleteSlot, deleteJob]) {
      session.run(statement, job)
    }
  }
  if (jobs.length > 0) blankEntries(session, new Set(jobs))
}

import type { JobFilter, JobState, ListReply, ListRequest, StoredJob } from '@goplate/queue-core'
import { runningJobs } from '../lease.ts'
import { onceAsked } from '../once-asked.ts'
import { endedState } from '../../ledger/outcome-state.ts'
import type { Session } from '../session.ts'
import { walkJobs, type WalkedJob } from '../statements/walk-jobs.ts'
import { loadJob } from '../stored-job.ts'

/** A page looks at so many jobs at most, and then says where to go on: filters have no index. */
const mostLookedAt = 5000

export function listJobs(session: Session, { filter, limit, after }: ListRequest): ListReply {
  const running = onceAsked(() => runningJobs(session))
  const jobs: StoredJob[] = []
  let below = after === undefined ? Number.MAX_SAFE_INTEGER : Number(after)
  for (let looked = 0; looked < mostLookedAt;) {
    const step = Math.min(stepFor(filter, limit), mostLookedAt - looked)
    const rows = session.all(walkJobs, below, step)
    looked += step
    for (const row of rows) {
      if (jobs.length === limit) return { jobs, next: String(below) }
      below = row.id
      if (!matches(row, filter, () => running().has(row.id))) continue
      const job = loadJob(session, row.id, running)
      if (job !== undefined) jobs.push(job)
    }
    if (rows.length < step) return { jobs }
  }
  return { jobs, next: String(below) }
}

/** One more than a full page, so that the last page is known for the last. */
function stepFor({ queues, types, states }: JobFilter, limit: number): number {
  return queues === undefined && types === undefined && states === undefined ? limit + 1 : Math.max(500, limit + 1)
}

function matches(row: WalkedJob, { queues, types, states }: JobFilter, runs: () => boolean): boolean {
  if (queues !== undefined && !queues.includes(row.queue)) return false
  if (types !== undefined && !types.includes(row.type)) return false
  return states === undefined || states.includes(stateOf(row, runs))
}

function stateOf({ ended, blocked }: WalkedJob, runs: () => boolean): JobState {
  if (ended !== null) return endedState(ended)
  if (blocked === 1) return 'blocked'
  return runs() ? 'running' : 'pending'
}

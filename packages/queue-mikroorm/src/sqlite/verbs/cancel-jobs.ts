import type { CancelRequest, CancelVerdict } from '@goplate/queue-core'
import { jobNumber } from '../../ledger/job-id.ts'
import { encodeCancelled, runningJobs, type RunningJob } from '../lease.ts'
import { cancelledState } from '../../ledger/outcome-state.ts'
import type { Session } from '../session.ts'
import { finalOutcome } from '../statements/final-outcome.ts'
import { jobPlace } from '../statements/job-place.ts'
import { setLeaseCancelled } from '../statements/set-lease-cancelled.ts'
import { endWaiting, takeUp } from '../waiting-row.ts'
import { onceAsked } from '../once-asked.ts'

export function cancelJobs(session: Session, request: CancelRequest, now: number): readonly CancelVerdict[] {
  const reason = request.reason ?? null
  const running = onceAsked(() => runningJobs(session))
  return request.ids.map((id) => {
    const place = session.get(jobPlace, jobNumber(id) ?? 0)
    if (place === undefined) return 'missing'
    const waiting = takeUp(session, place)
    if (waiting !== undefined) {
      endWaiting(session, { job: place.job, waiting, state: cancelledState, reason, now })
      return 'cancelled'
    }
    if (session.get(finalOutcome, place.job) !== undefined) return 'ended'
    const runs = running().get(place.job)
    return runs === undefined ? 'missing' : askRunning(session, { runs, all: running(), reason })
  })
}

interface Asking {
  readonly runs: RunningJob
  readonly all: Map<number, RunningJob>
  readonly reason: string | null
}

/** Marked in the lease, where the worker's next extension finds it. The first canceller's words stay. */
function askRunning(session: Session, { runs, all, reason }: Asking): 'requested' {
  const { lease, entry } = runs
  if (lease.cancelled.has(entry.job)) return 'requested'
  const cancelled = new Map(lease.cancelled).set(entry.job, reason)
  session.run(setLeaseCancelled, encodeCancelled(cancelled), lease.id)
  // The next id of this call may be of the same lease.
  for (const other of all.values()) {
    if (other.lease.id === lease.id) all.set(other.entry.job, { ...other, lease: { ...lease, cancelled } })
  }
  return 'requested'
}

import type { StoredJob, StoredOutcome } from '@goplate/queue-core'
import { jobIdOf } from '../ledger/job-id.ts'
import { decodeOptions, maxCrashesOf } from '../ledger/job-options.ts'
import type { RunningJob } from './lease.ts'
import { endedState, outcomeName } from '../ledger/outcome-state.ts'
import { present } from './present.ts'
import type { JobRow, OutcomeRow } from './rows.ts'
import type { Session } from './session.ts'
import { crashesOfEnded } from './statements/crashes-of-ended.ts'
import { jobById } from './statements/job-by-id.ts'
import { jobProgress } from './statements/job-progress.ts'
import { lastOutcome } from './statements/last-outcome.ts'
import { findWaiting, type FoundWaiting } from './waiting-row.ts'

/** A job is in exactly one place; this looks for it. `running` is asked last, and only if it waits nowhere. */
export function loadJob(
  session: Session,
  id: number,
  running: () => ReadonlyMap<number, RunningJob>,
): StoredJob | undefined {
  const job = session.get(jobById, id)
  if (job === undefined) return undefined
  const last = session.get(lastOutcome, id)
  const progress = session.get(jobProgress, id)?.percent
  const asked = { ...whatWasAsked(job, last), ...present({ progress }) }
  if (last?.final === 1) return { ...asked, ...ended(last), ...session.get(crashesOfEnded, id, id)! }
  const availableAt = last?.availableAt ?? job.availableAt
  const waiting = findWaiting(session, { ...job, job: id, availableAt })
  if (waiting !== undefined) return { ...asked, ...standing(waiting, availableAt) }
  const runs = running().get(id)
  return { ...asked, ...(runs === undefined ? nowhere(last) : underway(runs, id)) }
}

/** As the view has it: what waits nowhere and has not ended runs. Only a hand brings a job there; it must still be seen. */
function nowhere(last: OutcomeRow | undefined): Stands & { crashes: number } {
  return { state: 'running', epoch: last?.epoch ?? 0, attempt: last?.attempt ?? 0, crashes: 0 }
}

export function storedOutcome(row: OutcomeRow): StoredOutcome {
  const { epoch, attempt, state, endedAt, wait, duration, reason, error, result } = row
  const facts = { waitMs: wait, durationMs: duration, reason, error, result }
  return { epoch, attempt, outcome: outcomeName(state), endedAt, ...present(facts) }
}

type Asked = Omit<StoredJob, 'state' | 'epoch' | 'attempt' | 'crashes'>
type Stands = Pick<StoredJob, 'state' | 'epoch' | 'attempt'> & Partial<StoredJob>

function whatWasAsked(job: JobRow, last: OutcomeRow | undefined): Asked {
  const { id, type, queue, payload, priority, maxAttempts, createdAt, expiresAt, options } = job
  const { tags, meta, uniqueKey } = decodeOptions(options)
  return {
    ...{ id: jobIdOf(id), type, queue, payload, priority, maxAttempts, maxCrashes: maxCrashesOf(options), createdAt },
    ...present({ expiresAt, uniqueKey, tags, meta, error: last?.error }),
  }
}

function ended({ state, epoch, attempt, endedAt, reason, result }: OutcomeRow): Stands {
  return { state: endedState(state), epoch, attempt, endedAt, ...present({ reason, result }) }
}

function standing({ state, epoch, attempt, crashes }: FoundWaiting, availableAt: number): Stands & { crashes: number } {
  return { state, epoch, attempt, crashes, availableAt, ...(crashes > 0 && { solo: true }) }
}

function underway({ lease, entry }: RunningJob, id: number): Stands & { crashes: number } {
  const { epoch, attempt, crashes } = entry
  return {
    ...{ state: 'running', epoch, attempt: attempt + 1, crashes, startedAt: lease.claimedAt },
    ...(crashes > 0 && { solo: true }),
    ...(lease.cancelled.has(id) && { cancelRequested: true }),
  }
}

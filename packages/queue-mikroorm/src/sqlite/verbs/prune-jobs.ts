import type { EndedState, PruneReply, PruneRequest, Retention, RetentionTimes } from '@goplate/queue-core'
import { endedState } from '../../ledger/outcome-state.ts'
import type { Session } from '../session.ts'
import { pruneWalk, type PrunableJob } from '../statements/prune-walk.ts'
import { sweepLeases } from '../statements/sweep-leases.ts'
import { forgetJobs } from './forget-jobs.ts'

/** The walk goes by id; its cursor is the last id it looked at. */
export function pruneJobs(session: Session, { after, limit, retention }: PruneRequest, now: number): PruneReply {
  session.run(sweepLeases)
  const looked = session.all(pruneWalk, Number(after ?? 0), limit)
  const old = looked.filter((job) => isOld(job, retention, now)).map(({ id }) => id)
  forgetJobs(session, old)
  const last = looked.at(-1)
  const more = last !== undefined && looked.length === limit && session.all(pruneWalk, last.id, 1).length > 0
  return more ? { removed: old.length, next: String(last.id) } : { removed: old.length }
}

function isOld({ type, state, endedAt }: PrunableJob, retention: Retention, now: number): boolean {
  if (state === null || endedAt === null) return false
  const keptMs = timesOf(type, retention)[timeOf[endedState(state)]]
  return keptMs !== undefined && now - endedAt > keptMs
}

/** Own properties only: a type may be called `constructor`. */
function timesOf(type: string, { types = {}, ...general }: Retention): RetentionTimes {
  return (Object.hasOwn(types, type) ? types[type] : undefined) ?? general
}

const timeOf = {
  finished: 'finishedMs',
  failed: 'failedMs',
  cancelled: 'cancelledMs',
} as const satisfies Record<EndedState, keyof RetentionTimes>

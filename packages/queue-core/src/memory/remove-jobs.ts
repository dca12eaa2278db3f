import type { PruneReply, PruneRequest, RemoveVerdict, Retention, RetentionTimes } from '../driver/storage-driver.ts'
import { isEnded, type EndedState } from '../job/job-state.ts'
import type { JobId } from '../job/stored-job.ts'
import { forgetJob, placeOf, type JobRow, type Ledger } from './ledger.ts'

/** The walk goes by order of dispatch; its cursor is the last job it looked at. */
export function pruneJobs(ledger: Ledger, { after, limit, retention }: PruneRequest, now: number): PruneReply {
  const start = after === undefined ? 0 : Number(after)
  const ahead = [...ledger.jobs.values()].filter(({ sequence }) => sequence > start)
  const looked = ahead.slice(0, limit)
  const old = looked.filter((job) => isOld(ledger, job, { retention, now }))
  for (const { id } of old) forgetJob(ledger, id)
  const removed = old.length
  return ahead.length > limit ? { removed, next: String(looked.at(-1)?.sequence ?? start) } : { removed }
}

function isOld(ledger: Ledger, { id, record }: JobRow, given: { retention: Retention; now: number }): boolean {
  const place = placeOf(ledger, id)
  if (place.state === 'pending' || place.state === 'running') return false
  const keptMs = timesOf(record.type, given.retention)[timeOf[place.state]]
  return keptMs !== undefined && given.now - place.outcome.endedAt > keptMs
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

export function removeJobs(ledger: Ledger, ids: readonly JobId[]): readonly RemoveVerdict[] {
  return ids.map((id) => {
    if (!ledger.jobs.has(id)) return 'missing'
    if (!isEnded(placeOf(ledger, id).state)) return 'not_ended'
    forgetJob(ledger, id)
    return 'removed'
  })
}

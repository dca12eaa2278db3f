import type { PruneReply, PruneRequest, RemoveRequest, RemoveVerdict, RetentionTimes } from '@goplate/queue-core'
import type { Executor } from './executor.ts'
import { isJobId } from '../ledger/job-id.ts'
import { numberOf, stringOf } from './row-mapping.ts'
import { pruneJobs, removeJobs } from './statements/forget-jobs.ts'
import { whereabouts } from './statements/whereabouts.ts'

export async function prune(upkeep: Executor, { after, limit, retention, now }: PruneRequest): Promise<PruneReply> {
  const { types = {}, ...general } = retention
  const own = Object.entries(types)
  const values = [
    after ?? '0',
    limit,
    ...timesOf(general),
    own.map(([type]) => type),
    ...[0, 1, 2].map((state) => own.map(([, times]) => timesOf(times)[state])),
  ]
  const [row] = await upkeep.run(pruneJobs, values, now)
  const removed = numberOf(row!.removed)
  return numberOf(row!.looked) < limit ? { removed } : { removed, next: stringOf(row!.last) }
}

/** In the order of the states 1, 2, 3; null keeps for ever. */
function timesOf({ finishedMs, failedMs, cancelledMs }: RetentionTimes): (number | null)[] {
  return [finishedMs ?? null, failedMs ?? null, cancelledMs ?? null]
}

export async function remove(upkeep: Executor, { ids }: RemoveRequest): Promise<readonly RemoveVerdict[]> {
  const known = [...new Set(ids.filter(isJobId))]
  const verdicts = new Map<string, RemoveVerdict>()
  for (const row of await upkeep.run(removeJobs, [known])) verdicts.set(stringOf(row.id), 'removed')
  for (const row of await upkeep.run(whereabouts, [known.filter((id) => !verdicts.has(id))])) {
    verdicts.set(stringOf(row.id), 'not_ended')
  }
  return ids.map((id) => verdicts.get(id) ?? 'missing')
}

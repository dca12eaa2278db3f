import type { CancelRequest, CancelVerdict, RetryRequest, RetryVerdict } from '@goplate/queue-core'
import { StorageError } from '@goplate/queue-core'
import type { ClaimCursors } from './claim-cursors.ts'
import type { Executor } from './executor.ts'
import { isJobId } from '../ledger/job-id.ts'
import { outcomeState } from '../ledger/outcome-state.ts'
import { isYes, stringOf } from './row-mapping.ts'
import { cancelJobs } from './statements/cancel-jobs.ts'
import { retryJobs } from './statements/retry-jobs.ts'
import { whereabouts } from './statements/whereabouts.ts'

/** A job that moves is in flight for the length of one statement of another process. */
const looks = 20

export async function cancel(upkeep: Executor, { ids, reason, now }: CancelRequest): Promise<readonly CancelVerdict[]> {
  const verdicts = new Map<string, CancelVerdict>()
  let open = [...new Set(ids.filter(isJobId))]
  for (let look = 0; open.length > 0; look++) {
    if (look === looks) throw new StorageError('conflict', 'Some of the jobs to cancel were moved all the time.')
    for (const row of await upkeep.run(cancelJobs, [open, reason ?? null], now)) {
      verdicts.set(stringOf(row.job), row.verdict as CancelVerdict)
    }
    open = await stillOpen(upkeep, open, verdicts)
  }
  return ids.map((id) => verdicts.get(id) ?? 'missing')
}

/** Of the jobs that were found in no place: those that neither ended nor are missing stood between two places. */
async function stillOpen(
  upkeep: Executor,
  ids: readonly string[],
  verdicts: Map<string, CancelVerdict>,
): Promise<string[]> {
  const unfound = ids.filter((id) => !verdicts.has(id))
  if (unfound.length === 0) return []
  const open: string[] = []
  for (const row of await upkeep.run(whereabouts, [unfound])) {
    if (isYes(row.ended)) verdicts.set(stringOf(row.id), 'ended')
    else open.push(stringOf(row.id))
  }
  return open
}

export async function retry(
  upkeep: Executor,
  cursors: ClaimCursors,
  { ids, from, now }: RetryRequest,
): Promise<readonly RetryVerdict[]> {
  const known = [...new Set(ids.filter(isJobId))]
  const verdicts = new Map<string, RetryVerdict>()
  for (const row of await upkeep.run(retryJobs, [known, from.map(outcomeState)], now)) {
    verdicts.set(stringOf(row.id), isYes(row.reopened) ? 'retried' : 'conflict')
  }
  for (const row of await upkeep.run(whereabouts, [known.filter((id) => !verdicts.has(id))])) {
    verdicts.set(stringOf(row.id), 'refused')
  }
  if (verdicts.size > 0) cursors.rescan()
  return ids.map((id) => verdicts.get(id) ?? 'missing')
}

import type { FindRequest, JobId, ListReply, ListRequest, StoredJob, StoredOutcome } from '@goplate/queue-core'
import type { Executor } from './executor.ts'
import { isJobId } from '../ledger/job-id.ts'
import { numberOf, storedJobOf, storedOutcomeOf, stringOf } from './row-mapping.ts'
import type { Statement } from './statement.ts'
import { findJobs, findOutcomes } from './statements/find-jobs.ts'
import * as lists from './statements/list-jobs.ts'

export async function find(pool: Executor, { ids, history }: FindRequest): Promise<readonly StoredJob[]> {
  const known = ids.filter(isJobId)
  const jobs = (await pool.run(findJobs, [known])).map(storedJobOf)
  if (history !== true) return jobs
  const outcomes = await outcomesOf(pool, known)
  return jobs.map((job) => ({ ...job, history: outcomes.get(job.id) ?? [] }))
}

async function outcomesOf(pool: Executor, ids: readonly JobId[]): Promise<Map<JobId, StoredOutcome[]>> {
  const outcomes = new Map<JobId, StoredOutcome[]>()
  for (const row of await pool.run(findOutcomes, [ids])) {
    const id = stringOf(row.job)
    const known = outcomes.get(id)
    if (known === undefined) outcomes.set(id, [storedOutcomeOf(row)])
    else known.push(storedOutcomeOf(row))
  }
  return outcomes
}

const sources: Readonly<Record<StoredJob['state'], Statement>> = {
  pending: lists.listPending,
  blocked: lists.listBlocked,
  running: lists.listRunning,
  finished: lists.listFinished,
  failed: lists.listFailed,
  cancelled: lists.listCancelled,
}

/**
 * Ids first, from the tables where such jobs stand, then the jobs. A walk that did not reach the end of history says
 * how far it came; below that nothing is told yet, and the next page goes on there.
 */
export async function list(pool: Executor, { filter, limit, after }: ListRequest): Promise<ListReply> {
  const { queues, types, states } = filter
  const statements = states === undefined ? [lists.listAll] : [...new Set(states)].map((state) => sources[state])
  const values = [after ?? '9223372036854775807', limit + 1, queues ?? null, types ?? null]
  const rows = (await Promise.all(statements.map((statement) => pool.run(statement, values)))).flat()
  const floor = Math.max(0, ...rows.map((row) => numberOf(row.floor)))
  const found = [...new Set(rows.map((row) => numberOf(row.id)))].filter((id) => id > 0 && id >= floor)
  const page = found.sort((a, b) => b - a).slice(0, limit)
  const jobs = (await find(pool, { ids: page.map(String) })).filter(({ state }) => states?.includes(state) ?? true)
  const next = found.length > limit ? page.at(-1)! : floor
  return next > 0 ? { jobs, next: String(next) } : { jobs }
}

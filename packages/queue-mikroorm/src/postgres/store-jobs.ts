import type { DispatchReceipt } from '@goplate/queue-core'
import { dueColumns, hasTimes, timedColumns, uniqueColumns, type NumberedJob } from './dispatch-columns.ts'
import { keyDigest } from '../ledger/key-digest.ts'
import type { Executor } from './executor.ts'
import { isYes, numberOf, stringOf } from './row-mapping.ts'
import { dispatchDueJobs, dispatchTimedJobs } from './statements/dispatch-jobs.ts'
import { dispatchUniqueJobs } from './statements/dispatch-unique-jobs.ts'
import { keyHolders, storedUnderIds } from './statements/stored-under-ids.ts'

/** Runs the statement that fits the jobs. One receipt each; a job that met a held key names its holder. */
export async function storeNumbered(
  executor: Executor,
  jobs: readonly NumberedJob[],
  now: number | undefined,
): Promise<readonly DispatchReceipt[]> {
  if (jobs.some(({ job }) => job.unique !== undefined)) return storeUnique(executor, jobs, now)
  const timed = jobs.some(({ job }) => hasTimes(job))
  if (timed) await executor.run(dispatchTimedJobs, timedColumns(jobs), now)
  else await executor.run(dispatchDueJobs, dueColumns(jobs), now)
  return jobs.map(({ id }) => ({ id: String(id), created: true }))
}

/** Of two jobs with one key in a call the first is sent; the second meets it. */
async function storeUnique(
  executor: Executor,
  jobs: readonly NumberedJob[],
  now: number | undefined,
): Promise<readonly DispatchReceipt[]> {
  const firsts = new Map<string, NumberedJob>()
  for (const numbered of jobs) {
    const key = numbered.job.unique?.key
    if (key !== undefined && !firsts.has(key)) firsts.set(key, numbered)
  }
  const first = ({ job, id }: NumberedJob) => (job.unique === undefined ? id : firsts.get(job.unique.key)!.id)
  const sent = jobs.filter((numbered) => first(numbered) === numbered.id)
  const rows = await executor.run(dispatchUniqueJobs, uniqueColumns(sent), now)
  const holders = new Map(rows.map((row) => [numberOf(row.id), stringOf(row.holder)]))
  return jobs.map((numbered) => {
    const { id } = numbered
    const holder = holders.get(first(numbered)) ?? (first(numbered) === id ? undefined : String(first(numbered)))
    return holder === undefined ? { id: String(id), created: true } : { id: holder, created: false }
  })
}

/** What an earlier attempt with the same ids stored; undefined when it stored nothing. */
export async function storedBefore(
  executor: Executor,
  jobs: readonly NumberedJob[],
): Promise<readonly DispatchReceipt[] | undefined> {
  const rows = await executor.run(storedUnderIds, [
    jobs.map(({ id }) => id),
    jobs.map(({ job }) => job.queue),
    jobs.map(({ job }) => job.type),
    jobs.map(({ job }) => job.payload),
  ])
  if (rows.length === 0 || rows.some((row) => !isYes(row.same))) return undefined
  const stored = new Set(rows.map((row) => numberOf(row.id)))
  const holders = await holdersOf(
    executor,
    jobs.filter(({ id }) => !stored.has(id)),
  )
  return jobs.map(({ id, job }) => {
    if (stored.has(id)) return { id: String(id), created: true }
    // The holder may have ended since: then any id that answers "there is nothing" is as good as its own.
    return { id: holders.get(keyDigest(job.unique?.key ?? '')) ?? String(id), created: false }
  })
}

async function holdersOf(executor: Executor, jobs: readonly NumberedJob[]): Promise<Map<string, string>> {
  const keys = jobs.flatMap(({ job }) => (job.unique === undefined ? [] : [keyDigest(job.unique.key)]))
  if (keys.length === 0) return new Map()
  const rows = await executor.run(keyHolders, [keys])
  return new Map(rows.map((row) => [stringOf(row.key), stringOf(row.job)]))
}

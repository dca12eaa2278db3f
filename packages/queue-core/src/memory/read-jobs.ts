import type { FindRequest, JobCount, JobFilter, ListReply, ListRequest } from '../driver/storage-driver.ts'
import type { StoredJob, StoredOutcome } from '../job/stored-job.ts'
import { placeOf, present, type JobRow, type Ledger, type OutcomeRow, type Place } from './ledger.ts'

export function findJobs(ledger: Ledger, { ids, history }: FindRequest): readonly StoredJob[] {
  return ids.flatMap((id) => {
    const row = ledger.jobs.get(id)
    if (row === undefined) return []
    const job = storedJob(ledger, row)
    return [history === true ? { ...job, history: (ledger.outcomes.get(id) ?? []).map(storedOutcome) } : job]
  })
}

export function listJobs(ledger: Ledger, { filter, limit, after }: ListRequest): ListReply {
  const before = after === undefined ? Infinity : Number(after)
  const matching = [...ledger.jobs.values()]
    .filter(({ sequence }) => sequence < before)
    .reverse()
    .filter((row) => matches(ledger, row, filter))
  const page = matching.slice(0, limit)
  const jobs = page.map((row) => storedJob(ledger, row))
  return matching.length > limit ? { jobs, next: String(page.at(-1)!.sequence) } : { jobs }
}

export function countJobs(ledger: Ledger, filter: JobFilter, now: number): readonly JobCount[] {
  const counts = new Map<string, JobCount>()
  for (const row of ledger.jobs.values()) {
    if (!matches(ledger, row, filter)) continue
    const { queue } = row.record
    const place = placeOf(ledger, row.id)
    const group = `${place.state} ${queue}`
    const before = counts.get(group) ?? { queue, state: place.state, count: 0 }
    counts.set(group, { ...before, count: before.count + 1, ...dueWith(before, place, now) })
  }
  return [...counts.values()]
}

function dueWith({ due = { count: 0, oldestMs: 0 } }: JobCount, place: Place, now: number): Pick<JobCount, 'due'> {
  if (place.state !== 'pending') return {}
  const lateMs = now - place.row.availableAt
  return { due: lateMs < 0 ? due : { count: due.count + 1, oldestMs: Math.max(due.oldestMs, lateMs) } }
}

function matches(ledger: Ledger, { id, record }: JobRow, { queues, types, states }: JobFilter): boolean {
  return (
    (queues?.includes(record.queue) ?? true) &&
    (types?.includes(record.type) ?? true) &&
    (states?.includes(placeOf(ledger, id).state) ?? true)
  )
}

function storedJob(ledger: Ledger, { id, createdAt, record }: JobRow): StoredJob {
  const { type, queue, payload, priority, maxAttempts, maxCrashes, expiresAt, unique, tags, meta } = record
  const asked = { id, type, queue, payload, priority, maxAttempts, maxCrashes, createdAt }
  const place = placeOf(ledger, id)
  const error = ledger.outcomes.get(id)?.at(-1)?.error
  return {
    ...asked,
    ...present({ expiresAt, uniqueKey: unique?.key, tags, meta, error, progress: ledger.progress.get(id) }),
    state: place.state,
    ...standing(place),
  }
}

/** What depends on where the job is. */
function standing(place: Place): Pick<StoredJob, 'epoch' | 'attempt' | 'crashes'> & Partial<StoredJob> {
  if (place.state === 'pending') {
    const { epoch, attempt, crashes, availableAt } = place.row
    return { epoch, attempt, crashes, availableAt, ...(crashes > 0 && { solo: true }) }
  }
  if (place.state === 'running') {
    const { epoch, attempt, crashes, cancel } = place.entry
    const startedAt = place.lease.takenAt
    return {
      epoch,
      attempt,
      crashes,
      startedAt,
      ...(crashes > 0 && { solo: true }),
      ...(cancel && { cancelRequested: true }),
    }
  }
  const { epoch, attempt, crashes, endedAt, reason, result } = place.outcome
  return { epoch, attempt, crashes, endedAt, ...present({ reason, result }) }
}

function storedOutcome({
  final: _final,
  settledBy: _settledBy,
  crashes: _crashes,
  ...told
}: OutcomeRow): StoredOutcome {
  return told
}

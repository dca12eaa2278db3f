import type { Pause, StoredLogLine } from '../driver/driver-groups.ts'
import { StorageError } from '../errors.ts'
import type { ClaimRef } from '../job/claimed-job.ts'
import type { EndedState } from '../job/job-state.ts'
import type { JobId, LeaseId, NewJobRecord, StoredOutcome } from '../job/stored-job.ts'

/** What was asked; written once, but a retry by hand takes off an expiry that is over. `sequence` is the order of dispatch. */
export interface JobRow {
  readonly id: JobId
  readonly sequence: number
  readonly createdAt: number
  readonly record: NewJobRecord
}

/** A job that waits to be claimed, due or not. */
export interface WaitingRow {
  readonly jobId: JobId
  /** Claims and decisions so far. */
  readonly epoch: number
  /** Attempts used. */
  readonly attempt: number
  readonly crashes: number
  readonly availableAt: number
}

/** One running job of a lease, with what it needs to go back to its old place. */
export interface LeaseEntry {
  readonly position: number
  readonly jobId: JobId
  readonly epoch: number
  /** The attempt that runs. */
  readonly attempt: number
  readonly crashes: number
  readonly availableAt: number
  readonly cancel?: { readonly reason?: string }
}

export interface LeaseRow {
  readonly id: LeaseId
  readonly takenAt: number
  readonly until: number
  /** Grows with every extension, so that a sighting of the lease before it no longer matches. */
  readonly extensions: number
  readonly entries: readonly LeaseEntry[]
}

export interface OutcomeRow extends StoredOutcome {
  readonly crashes: number
  /** Nothing follows, unless a person reopens the job: then it is no longer final. */
  readonly final: boolean
  /** The claim that settled it; absent when a reaper or an operator decided. */
  readonly settledBy?: { readonly leaseId: LeaseId; readonly position: number }
}

/**
 * A job is in exactly one place: waiting, an entry of a lease, or a final outcome as the last of its outcomes. Rows are
 * never changed, only replaced; a copy of the maps is therefore a copy of everything.
 */
export interface Ledger {
  sequence: number
  /** In order of dispatch. */
  jobs: Map<JobId, JobRow>
  waiting: Map<JobId, WaitingRow>
  leases: Map<LeaseId, LeaseRow>
  /** Oldest first. */
  outcomes: Map<JobId, readonly OutcomeRow[]>
  /** Unique keys and the jobs that hold them. */
  keys: Map<string, JobId>
  /** By kind and name. */
  pauses: Map<string, Pause>
  /** What handlers told last of how far they are. */
  progress: Map<JobId, number>
  lines: Map<JobId, readonly StoredLogLine[]>
  /** Rows that came to wait in the present verb. */
  arrivals: WaitingRow[]
}

export type Place =
  | { readonly state: 'pending'; readonly row: WaitingRow }
  | { readonly state: 'running'; readonly lease: LeaseRow; readonly entry: LeaseEntry }
  | { readonly state: EndedState; readonly outcome: OutcomeRow }

export function emptyLedger(): Ledger {
  return {
    sequence: 0,
    jobs: new Map(),
    waiting: new Map(),
    leases: new Map(),
    outcomes: new Map(),
    keys: new Map(),
    pauses: new Map(),
    progress: new Map(),
    lines: new Map(),
    arrivals: [],
  }
}

export function copyOf(ledger: Ledger): Ledger {
  return {
    sequence: ledger.sequence,
    jobs: new Map(ledger.jobs),
    waiting: new Map(ledger.waiting),
    leases: new Map(ledger.leases),
    outcomes: new Map(ledger.outcomes),
    keys: new Map(ledger.keys),
    pauses: new Map(ledger.pauses),
    progress: new Map(ledger.progress),
    lines: new Map(ledger.lines),
    arrivals: [],
  }
}

/** Where the job is. A job that is nowhere is a defect of this driver. */
export function placeOf(ledger: Ledger, jobId: JobId): Place {
  const row = ledger.waiting.get(jobId)
  if (row !== undefined) return { state: 'pending', row }
  const running = runningEntry(ledger, jobId)
  if (running !== undefined) return { state: 'running', ...running }
  const outcome = ledger.outcomes.get(jobId)?.at(-1)
  if (outcome?.final === true) return { state: outcome.outcome as EndedState, outcome }
  throw new StorageError('corrupt', `Job ${jobId} is in no place.`)
}

function runningEntry(ledger: Ledger, jobId: JobId): { lease: LeaseRow; entry: LeaseEntry } | undefined {
  for (const lease of ledger.leases.values()) {
    const entry = lease.entries.find((candidate) => candidate.jobId === jobId)
    if (entry !== undefined) return { lease, entry }
  }
  return undefined
}

/** The entry that this claim holds: lease, position, job and epoch all belong together. */
export function entryOf(ledger: Ledger, claim: ClaimRef): LeaseEntry | undefined {
  const entry = ledger.leases.get(claim.leaseId)?.entries.find(({ position }) => position === claim.position)
  return entry?.jobId === claim.jobId && entry.epoch === claim.epoch ? entry : undefined
}

/** A lease without entries is gone. */
export function dropEntry(ledger: Ledger, leaseId: LeaseId, dropped: LeaseEntry): void {
  const lease = ledger.leases.get(leaseId)
  if (lease === undefined) return
  const entries = lease.entries.filter(({ position }) => position !== dropped.position)
  if (entries.length === 0) ledger.leases.delete(leaseId)
  else ledger.leases.set(leaseId, { ...lease, entries })
}

export function lineUp(ledger: Ledger, row: WaitingRow): void {
  ledger.waiting.set(row.jobId, row)
  ledger.arrivals.push(row)
}

/** Writes what an epoch came to. The end of a job frees its unique key. */
export function recordOutcome(ledger: Ledger, jobId: JobId, outcome: OutcomeRow): void {
  ledger.outcomes.set(jobId, [...(ledger.outcomes.get(jobId) ?? []), outcome])
  if (outcome.final) freeKey(ledger, jobId)
}

function freeKey(ledger: Ledger, jobId: JobId): void {
  const key = ledger.jobs.get(jobId)?.record.unique?.key
  if (key !== undefined && ledger.keys.get(key) === jobId) ledger.keys.delete(key)
}

/** The job and all that is known of it. */
export function forgetJob(ledger: Ledger, jobId: JobId): void {
  freeKey(ledger, jobId)
  ledger.outcomes.delete(jobId)
  ledger.progress.delete(jobId)
  ledger.lines.delete(jobId)
  ledger.jobs.delete(jobId)
}

/** Leaves out what is undefined: the contract's optional fields are absent, never undefined. */
export function present<T extends object>(fields: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never
}

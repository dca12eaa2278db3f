import type { ClaimRef, LeaseId } from '@goplate/queue-core'
import { crc32 } from 'node:zlib'
import { jobIdOf } from '../ledger/job-id.ts'
import type { LeaseRow } from './rows.ts'
import type { Session } from './session.ts'
import { openLeases } from './statements/open-leases.ts'
import { outcomeClaim } from './statements/outcome-claim.ts'
import { setLeaseEntries } from './statements/set-lease-entries.ts'

export interface LeaseEntry {
  readonly job: number
  /** The epoch this claim began. */
  readonly epoch: number
  /** Attempts used up before this one. */
  readonly attempt: number
  readonly crashes: number
}

export interface Lease {
  readonly id: LeaseId
  readonly worker: number
  readonly claimedAt: number
  /** By position; blank where the job was removed after it ended. */
  readonly entries: readonly (LeaseEntry | undefined)[]
  /** The jobs whose cancel was asked, with the canceller's words. */
  readonly cancelled: ReadonlyMap<number, string | null>
}

export function readLease({ id, worker, claimedAt, entries, cancelled }: LeaseRow): Lease {
  return { id, worker, claimedAt, entries: decodeEntries(entries), cancelled: decodeCancelled(cancelled) }
}

export function encodeEntries(entries: readonly (LeaseEntry | undefined)[]): string {
  return JSON.stringify(
    entries
      .map((entry) => entry && [entry.job, entry.epoch, entry.attempt, entry.crashes])
      .map((entry) => entry ?? null),
  )
}

function decodeEntries(entries: string): (LeaseEntry | undefined)[] {
  return listIn(entries).map((row) => (isEntry(row) ? entryIn(row) : undefined))
}

function entryIn([job, epoch, attempt, crashes]: readonly [number, number, number, number]): LeaseEntry {
  return { job, epoch, attempt, crashes }
}

function isEntry(row: unknown): row is [number, number, number, number] {
  return Array.isArray(row) && row.length === 4 && row.every((one) => Number.isSafeInteger(one))
}

/** All leases are read together: one that a hand changed counts as empty, and hides no other. */
function listIn(text: string): readonly unknown[] {
  try {
    const list: unknown = JSON.parse(text)
    return Array.isArray(list) ? list : []
  } catch {
    return []
  }
}

export function encodeCancelled(cancelled: ReadonlyMap<number, string | null>): string {
  return JSON.stringify([...cancelled])
}

function decodeCancelled(cancelled: string | null): ReadonlyMap<number, string | null> {
  return new Map(cancelled === null ? [] : listIn(cancelled).filter(isCancel))
}

function isCancel(pair: unknown): pair is [number, string | null] {
  return Array.isArray(pair) && Number.isSafeInteger(pair[0]) && (pair[1] === null || typeof pair[1] === 'string')
}

/** The entry a claim proves: lease, position, job and epoch belong together. */
export function entryOf(lease: Lease | undefined, { position, jobId, epoch }: ClaimRef): LeaseEntry | undefined {
  const entry = lease?.entries[position]
  return entry !== undefined && jobIdOf(entry.job) === jobId && entry.epoch === epoch ? entry : undefined
}

/**
 * 32 of the lease's random bits, kept in each outcome it writes. The lease itself is gone once its last job is settled,
 * and a repeated settlement must be told from one of a claim that the database forgot: same job, same epoch.
 */
export function claimTag(leaseId: LeaseId): number {
  return crc32(leaseId)
}

/** A job that runs: listed by a lease, and its epoch has no outcome yet. */
export interface RunningJob {
  readonly lease: Lease
  readonly entry: LeaseEntry
}

/** All running jobs by number. For administration: a worker never needs it. */
export function runningJobs(session: Session): Map<number, RunningJob> {
  const running = new Map<number, RunningJob>()
  for (const row of session.all(openLeases)) {
    const lease = readLease(row)
    for (const entry of lease.entries) {
      if (entry === undefined || session.get(outcomeClaim, entry.job, entry.epoch) !== undefined) continue
      running.set(entry.job, { lease, entry })
    }
  }
  return running
}

/** Jobs that are removed must not look as if they ran: a lease may still list them beside jobs that do. */
export function blankEntries(session: Session, removed: ReadonlySet<number>): void {
  for (const { id, entries } of session.all(openLeases)) {
    const before = decodeEntries(entries)
    const after = before.map((entry) => (entry !== undefined && removed.has(entry.job) ? undefined : entry))
    if (after.some((entry, position) => entry !== before[position]))
      session.run(setLeaseEntries, encodeEntries(after), id)
  }
}

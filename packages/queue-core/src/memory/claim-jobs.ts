import type { ClaimReply, ClaimRequest } from '../driver/storage-driver.ts'
import type { ClaimedJob } from '../job/claimed-job.ts'
import { present, type JobRow, type LeaseEntry, type Ledger, type WaitingRow } from './ledger.ts'
import { isPaused } from './pauses.ts'

interface Candidate {
  readonly job: JobRow
  readonly row: WaitingRow
}

export function claimJobs(ledger: Ledger, request: ClaimRequest, now: number): ClaimReply {
  const taken = request.solo ? soloPick(ledger, request, now) : plainPick(ledger, request, now)
  const claimed = taken.map((candidate, position) => start(ledger, request, { ...candidate, position, now }))
  if (claimed.length > 0) {
    const entries = claimed.map(({ entry }) => entry)
    ledger.leases.set(request.leaseId, {
      id: request.leaseId,
      takenAt: now,
      until: now + request.leaseMs,
      extensions: 0,
      entries,
    })
  }
  return present({
    jobs: claimed.map(({ job }) => job),
    nextDueInMs: nextDueInMs(ledger, now),
    soloWaiting: request.queues.some(({ queue }) => dueOf(ledger, { queue, request, solo: true, now }).length > 0),
  })
}

function plainPick(ledger: Ledger, request: ClaimRequest, now: number): Candidate[] {
  return request.queues.flatMap(({ queue, limit }) =>
    dueOf(ledger, { queue, request, solo: false, now }).slice(0, limit),
  )
}

/** A job that crashed may take its process with it again: it shares a claim with nothing. */
function soloPick(ledger: Ledger, request: ClaimRequest, now: number): Candidate[] {
  return request.queues
    .flatMap(({ queue, limit }) => dueOf(ledger, { queue, request, solo: true, now }).slice(0, limit))
    .slice(0, 1)
}

interface Line {
  readonly queue: string
  readonly request: ClaimRequest
  readonly solo: boolean
  readonly now: number
}

/** The jobs of one queue that may start now and here, in the order of starting. */
function dueOf(ledger: Ledger, { queue, request, solo, now }: Line): Candidate[] {
  const due: Candidate[] = []
  if (isPaused(ledger, { kind: 'queue', name: queue }, now)) return due
  for (const row of ledger.waiting.values()) {
    const job = ledger.jobs.get(row.jobId)!
    if (job.record.queue !== queue || !request.types.includes(job.record.type)) continue
    if (isPaused(ledger, { kind: 'type', name: job.record.type }, now)) continue
    if (row.availableAt <= now && row.crashes > 0 === solo) due.push({ job, row })
  }
  return due.sort(inOrderOfStarting)
}

function inOrderOfStarting(a: Candidate, b: Candidate): number {
  return (
    a.job.record.priority - b.job.record.priority ||
    a.row.availableAt - b.row.availableAt ||
    a.job.sequence - b.job.sequence
  )
}

function start(
  ledger: Ledger,
  request: ClaimRequest,
  { job, row, position, now }: Candidate & { position: number; now: number },
): { entry: LeaseEntry; job: ClaimedJob } {
  ledger.waiting.delete(row.jobId)
  const entry = { ...row, position, epoch: row.epoch + 1, attempt: row.attempt + 1 }
  const { type, queue, payload, priority, maxAttempts, expiresAt, tags, meta } = job.record
  const claimed = {
    claim: { leaseId: request.leaseId, position, jobId: row.jobId, epoch: entry.epoch },
    type,
    queue,
    payload,
    priority,
    attempt: entry.attempt,
    maxAttempts,
    crashes: entry.crashes,
    waitMs: now - row.availableAt,
    expired: expiresAt !== undefined && expiresAt < now,
    ...present({ tags, meta }),
  }
  return { entry, job: claimed }
}

function nextDueInMs(ledger: Ledger, now: number): number | undefined {
  const later = [...ledger.waiting.values()].filter(({ availableAt }) => availableAt > now)
  return later.length === 0 ? undefined : Math.min(...later.map(({ availableAt }) => availableAt - now))
}

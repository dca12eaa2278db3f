import { StorageError, type ClaimedJob, type ClaimReply, type ClaimRequest } from '@goplate/queue-core'
import { jobIdOf } from '../../ledger/job-id.ts'
import { decodeOptions } from '../../ledger/job-options.ts'
import { encodeEntries } from '../lease.ts'
import { present } from '../present.ts'
import type { Session } from '../session.ts'
import { deleteTakenRange } from '../statements/delete-taken-range.ts'
import { dueJobs, type DueJob } from '../statements/due-jobs.ts'
import { insertLease } from '../statements/insert-lease.ts'
import { insertWorker } from '../statements/insert-worker.ts'
import { pausesInForce, type PauseRow } from '../statements/pauses-in-force.ts'
import { soloWaiting } from '../statements/solo-waiting.ts'
import { workerByName } from '../statements/worker-by-name.ts'
import { soloLine } from '../waiting-row.ts'
import { promoteJobs } from './promote-jobs.ts'

type TakenJob = DueJob & { readonly queue: string }

export function claimJobs(session: Session, request: ClaimRequest, now: number): ClaimReply {
  const nextDueInMs = promoteJobs(session, now)
  const { queues, types } = notPaused(session, request, now)
  const taken = takeJobs(session, { queues, solo: request.solo, types, now })
  if (taken.length > 0) writeLease(session, { request, taken, now })
  return {
    jobs: taken.map((row, position) => claimedJob(row, { leaseId: request.leaseId, position, now })),
    ...(nextDueInMs !== undefined && { nextDueInMs }),
    soloWaiting: queues.some(({ queue }) => session.get(soloWaiting, queue, now, types) !== undefined),
  }
}

/** Mostly nothing is paused, and then this costs one look at an empty table. */
function notPaused(session: Session, request: ClaimRequest, now: number): Pick<Taking, 'queues' | 'types'> {
  const pauses = session.all(pausesInForce, now)
  const isPaused = (kind: PauseRow['kind'], name: string) =>
    pauses.some((one) => one.kind === kind && one.name === name)
  return {
    queues: request.queues.filter(({ queue }) => !isPaused('queue', queue)),
    types: JSON.stringify(request.types.filter((type) => !isPaused('type', type))),
  }
}

interface Taking extends Pick<ClaimRequest, 'queues' | 'solo'> {
  /** A JSON array. */
  readonly types: string
  readonly now: number
}

/** A job that crashed may take its process with it again, so it shares a claim with nothing. */
function takeJobs(session: Session, { queues, solo, types, now }: Taking): TakenJob[] {
  const line = solo ? soloLine : ''
  const taken: TakenJob[] = []
  for (const { queue, limit } of queues) {
    const want = solo ? Math.min(limit, 1 - taken.length) : limit
    if (want <= 0) continue
    const rows = session.all(dueJobs, queue, line, now, types, want)
    removeTaken(session, rows, { queue, line, now, types })
    for (const row of rows) taken.push({ ...row, queue })
  }
  return taken
}

interface Line {
  readonly queue: string
  readonly line: string
  readonly now: number
  readonly types: string
}

function removeTaken(session: Session, rows: readonly DueJob[], { queue, line, now, types }: Line): void {
  const first = rows[0]
  const last = rows.at(-1)
  if (first === undefined || last === undefined) return
  const from = [first.priority, first.availableAt, first.job] as const
  const to = [last.priority, last.availableAt, last.job] as const
  const removed = session.run(deleteTakenRange, queue, line, ...from, ...to, now, types)
  // More is fine: rows of jobs that a hand removed, which no claim reads and which may not stop the others.
  if (removed >= rows.length) return
  throw new StorageError('corrupt', `A claim read ${rows.length} rows of queue "${queue}" and found ${removed} there.`)
}

function writeLease(
  session: Session,
  { request, taken, now }: { request: ClaimRequest; taken: readonly TakenJob[]; now: number },
): void {
  const { leaseId, leaseMs, worker } = request
  const { id } = session.get(workerByName, worker) ?? session.get(insertWorker, worker, now, now)!
  const entries = taken.map(({ job, epoch, attempt, crashes }) => ({ job, epoch: epoch + 1, attempt, crashes }))
  session.run(insertLease, leaseId, id, now + leaseMs, now, encodeEntries(entries))
}

interface Claiming {
  readonly leaseId: string
  readonly position: number
  readonly now: number
}

function claimedJob(row: TakenJob, { leaseId, position, now }: Claiming): ClaimedJob {
  const { job, epoch, attempt, crashes, type, queue, payload, priority, maxAttempts, availableAt, expiresAt } = row
  const { tags, meta } = decodeOptions(row.options)
  const claim = { leaseId, position, jobId: jobIdOf(job), epoch: epoch + 1, holds: row.holds === 1 }
  return {
    ...{ claim, type, queue, payload, priority, attempt: attempt + 1, maxAttempts, crashes },
    waitMs: Math.max(0, now - availableAt),
    expired: expiresAt !== null && expiresAt < now,
    ...present({ tags, meta }),
  }
}

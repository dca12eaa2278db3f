import type { ClaimedJob, ClaimReply, ClaimRequest, LeaseSighting, Overdue } from '@goplate/queue-core'
import { fromTheStart, type ClaimCursor, type ClaimCursors } from './claim-cursors.ts'
import type { PostgresClaimRef } from './claim-ref.ts'
import type { Executor } from './executor.ts'
import { decodeOptions } from '../ledger/job-options.ts'
import type { LeaseSweeper } from './lease-sweeper.ts'
import { numberOf, stringOf, textOf, type Row } from './row-mapping.ts'
import { claimJobs, claimSoloJob } from './statements/claim-jobs.ts'
import { promoteJobs } from './statements/promote-jobs.ts'
import type { WorkerIds } from './worker-ids.ts'

const promotedAtOnce = 1000

export interface ClaimParts {
  readonly claims: Executor
  readonly workers: WorkerIds
  readonly cursors: ClaimCursors
  readonly sweeper: LeaseSweeper
}

type Cursors = Map<string, ClaimCursor>
interface Look {
  readonly worker: number
  readonly cursors: Cursors
  /** What is due in `later` was promoted just now. */
  readonly promoted: boolean
}

/** Promotes what has become due, then claims, in one round trip when there is nothing to promote. */
export async function claim(parts: ClaimParts, request: ClaimRequest): Promise<ClaimReply> {
  const worker = await parts.workers.idOf(request.worker, request.now)
  const cursors: Cursors = usesCursors(request) ? parts.cursors.of(request.types) : new Map()
  let look = { worker, cursors, promoted: false }
  let found = await lookForJobs(parts, request, look)
  if (found.promoteFirst) {
    await promote(parts, request.now)
    look = { ...look, promoted: true }
    found = await lookForJobs(parts, request, look)
  }
  if (found.rows.length === 0 && cursors.size > 0) {
    cursors.clear()
    found = await lookForJobs(parts, request, look)
  }
  moveCursors(cursors, request, found.rows)
  const jobs = found.rows.map((row) => claimedJobOf(row, request.leaseId))
  if (jobs.length > 0) parts.sweeper.took(request.leaseId, jobs.length)
  return {
    jobs,
    soloWaiting: found.soloWaiting,
    ...(found.nextDueInMs !== undefined && { nextDueInMs: found.nextDueInMs }),
    ...(request.look === true && { overdue: found.overdue }),
  }
}

/** A test's own time may go back, and crashed jobs are few. */
function usesCursors({ now, solo }: ClaimRequest): boolean {
  return now === undefined && !solo
}

interface Found {
  readonly rows: readonly Row[]
  readonly promoteFirst: boolean
  readonly soloWaiting: boolean
  readonly nextDueInMs?: number
  readonly overdue: Overdue
}

async function lookForJobs(parts: ClaimParts, request: ClaimRequest, look: Look): Promise<Found> {
  const { queues } = request
  const places = queues.map(({ queue }) => look.cursors.get(queue) ?? fromTheStart)
  const values = [
    queues.map(({ queue }) => queue),
    queues.map(({ limit }) => limit),
    places.map(({ priority }) => priority),
    places.map(({ availableAt }) => availableAt),
    places.map(({ job }) => job),
    request.types,
    look.worker,
    request.leaseMs,
    request.leaseId,
    look.promoted,
    request.now === undefined ? parts.cursors.later : '-infinity',
    request.look === true,
  ]
  return foundIn(await parts.claims.run(request.solo ? claimSoloJob : claimJobs, values, request.now))
}

/** The row at position 0 says what the claim learnt besides. */
function foundIn(all: readonly Row[]): Found {
  const rows = all.filter((row) => numberOf(row.position) > 0)
  rows.sort((a, b) => numberOf(a.position) - numberOf(b.position))
  const learnt = all.find((row) => numberOf(row.position) === 0)!
  const flags = numberOf(learnt.flags)
  return {
    rows,
    promoteFirst: (flags & 1) !== 0,
    soloWaiting: (flags & 2) !== 0,
    ...(learnt.wait !== null && { nextDueInMs: Math.max(0, numberOf(learnt.wait)) }),
    overdue: { leases: sightingsOf(textOf(learnt.cursor)), jobs: (flags & 4) !== 0 },
  }
}

/** `<id> <time>,…`; the time has a space of its own. */
function sightingsOf(text: string | null): LeaseSighting[] {
  if (text === null) return []
  return text.split(',').map((one) => ({ leaseId: one.slice(0, 36), seen: one.slice(37) }))
}

async function promote({ claims, cursors }: ClaimParts, now: number | undefined): Promise<void> {
  const from = now === undefined ? cursors.later : '-infinity'
  for (const row of await claims.run(promoteJobs, [promotedAtOnce, from], now)) {
    cursors.arrived(stringOf(row.queue), {
      priority: numberOf(row.priority),
      availableAt: stringOf(row.available_at),
      job: stringOf(row.job),
    })
    if (now === undefined) cursors.promotedUpTo(stringOf(row.reached))
  }
}

/** Forward where the queue gave all that was asked, else back to the start. */
function moveCursors(cursors: Cursors, request: ClaimRequest, rows: readonly Row[]): void {
  if (!usesCursors(request)) return
  const counts = new Map<unknown, number>()
  const last = new Map<unknown, Row>()
  for (const row of rows) {
    counts.set(row.queue, (counts.get(row.queue) ?? 0) + 1)
    if (row.cursor !== null) last.set(row.queue, row)
  }
  for (const { queue, limit } of request.queues) {
    const row = last.get(queue)
    if (row === undefined || counts.get(queue)! < limit) cursors.delete(queue)
    else cursors.set(queue, cursorAt(row))
  }
}

function cursorAt(row: Row): ClaimCursor {
  return { priority: numberOf(row.priority), availableAt: stringOf(row.cursor), job: stringOf(row.job) }
}

function claimedJobOf(row: Row, leaseId: string): ClaimedJob {
  const flags = numberOf(row.flags)
  const { tags, meta } = decodeOptions(textOf(row.options))
  const position = numberOf(row.position)
  const queue = stringOf(row.queue)
  const priority = numberOf(row.priority)
  const ref: PostgresClaimRef = {
    leaseId,
    position,
    jobId: stringOf(row.job),
    epoch: numberOf(row.epoch),
    rich: (flags & 1) !== 0,
    queue,
    priority,
  }
  return {
    claim: ref,
    type: stringOf(row.type),
    queue,
    payload: stringOf(row.payload),
    priority,
    attempt: numberOf(row.attempt),
    maxAttempts: numberOf(row.max_attempts),
    crashes: numberOf(row.crashes),
    waitMs: numberOf(row.wait),
    expired: (flags & 2) !== 0,
    ...(tags !== undefined && { tags }),
    ...(meta !== undefined && { meta }),
  }
}

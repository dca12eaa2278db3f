import type { ExtendReply, ExtendRequest, ReapedJob, ReapReply, ReapRequest } from '@goplate/queue-core'
import type { ClaimCursors } from './claim-cursors.ts'
import { fromTheStart } from './claim-cursors.ts'
import type { Executor } from './executor.ts'
import { isLeaseId } from './lease-id.ts'
import type { LeaseSweeper } from './lease-sweeper.ts'
import { numberOf, stringOf, type Row } from './row-mapping.ts'
import { expiredLeases } from './statements/expired-leases.ts'
import { extendLeases } from './statements/extend-leases.ts'
import { reapLeases } from './statements/reap-leases.ts'
import type { WorkerIds } from './worker-ids.ts'

const expiredAtOnce = 1000

export interface ExtendParts {
  readonly claims: Executor
  readonly workers: WorkerIds
  readonly sweeper: LeaseSweeper
}

export async function extend(parts: ExtendParts, { leases, leaseMs, now }: ExtendRequest): Promise<ExtendReply> {
  const ids = leases.filter(isLeaseId)
  const rows = await parts.claims.run(extendLeases, [ids, leaseMs, parts.workers.known], now)
  const held = rows.map((row) => ({ leaseId: stringOf(row.id), cancelled: cancelledOf(row) }))
  const standing = new Set(held.map(({ leaseId }) => leaseId))
  for (const lease of leases) if (!standing.has(lease)) parts.sweeper.lost(lease)
  return { held }
}

function cancelledOf({ cancelled }: Row): string[] {
  return cancelled === null ? [] : stringOf(cancelled).split(',')
}

export async function reap(
  upkeep: Executor,
  cursors: ClaimCursors,
  { confirmed, now }: ReapRequest,
): Promise<ReapReply> {
  const sighted = confirmed.filter(({ leaseId }) => isLeaseId(leaseId))
  const values = [sighted.map(({ leaseId }) => leaseId), sighted.map(({ seen }) => seen)]
  const gone = sighted.length === 0 ? [] : await upkeep.run(reapLeases, values, now)
  for (const { queue } of gone) cursors.arrived(stringOf(queue), fromTheStart)
  const expired = await upkeep.run(expiredLeases, [expiredAtOnce], now)
  return {
    expired: expired.map((row) => ({ leaseId: stringOf(row.id), seen: stringOf(row.seen) })),
    reaped: gone.map(reapedJobOf),
  }
}

const destinations = { 2: 'failed', 3: 'cancelled', 7: 'pending' } as const

function reapedJobOf(row: Row): ReapedJob {
  return {
    jobId: stringOf(row.job),
    type: stringOf(row.type),
    queue: stringOf(row.queue),
    epoch: numberOf(row.epoch),
    attempt: numberOf(row.attempt),
    maxAttempts: numberOf(row.max_attempts),
    crashes: numberOf(row.crashes),
    to: destinations[numberOf(row.state) as keyof typeof destinations],
  }
}

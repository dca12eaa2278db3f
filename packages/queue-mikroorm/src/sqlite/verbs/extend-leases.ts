import type { ExtendReply, ExtendRequest, JobId } from '@goplate/queue-core'
import { jobIdOf } from '../../ledger/job-id.ts'
import { readLease } from '../lease.ts'
import type { LeaseRow } from '../rows.ts'
import type { Session } from '../session.ts'
import { extendLease } from '../statements/extend-lease.ts'
import { outcomeClaim } from '../statements/outcome-claim.ts'

export function extendLeases(session: Session, { leases, leaseMs }: ExtendRequest, now: number): ExtendReply {
  const held: ExtendReply['held'][number][] = []
  for (const leaseId of leases) {
    const row = session.get(extendLease, now + leaseMs, leaseId)
    if (row !== undefined) held.push({ leaseId, cancelled: cancelledIn(session, row) })
  }
  return { held }
}

/** Jobs of the lease whose cancel was asked and that have not been settled since. Mostly there are none. */
function cancelledIn(session: Session, row: LeaseRow): JobId[] {
  if (row.cancelled === null) return []
  const { entries, cancelled } = readLease(row)
  return entries.flatMap((entry) => {
    if (entry === undefined || !cancelled.has(entry.job)) return []
    const settled = session.get(outcomeClaim, entry.job, entry.epoch) !== undefined
    return settled ? [] : [jobIdOf(entry.job)]
  })
}

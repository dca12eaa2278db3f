import type { ExtendReply, ExtendRequest } from '@goplate/queue-core'
import { jobIdOf } from '../job-id.ts'
import { decodeCancelled } from '../lease.ts'
import type { Session } from '../session.ts'
import { extendLease } from '../statements/extend-lease.ts'

export function extendLeases(session: Session, { leases, leaseMs }: ExtendRequest, now: number): ExtendReply {
  const held: ExtendReply['held'][number][] = []
  for (const leaseId of leases) {
    const row = session.get(extendLease, now + leaseMs, leaseId)
    if (row === undefined) continue
    held.push({ leaseId, cancelled: [...decodeCancelled(row.cancelled).keys()].map(jobIdOf) })
  }
  return { held }
}

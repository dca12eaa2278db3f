import type { LeaseRow } from '../rows.ts'
import type { Sql } from '../session.ts'

/** The second sighting: only if nobody extended it since the first, and it is expired still. */
export const takeExpiredLease: Sql<LeaseRow, [id: string, seenUntil: number, now: number]> = ({ lease }) => `
  delete from ${lease} where id = ? and until = ? and until < ?
  returning id, worker, claimed_at as claimedAt, entries, cancelled`

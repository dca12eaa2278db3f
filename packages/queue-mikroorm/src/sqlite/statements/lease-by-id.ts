import type { LeaseRow } from '../rows.ts'
import type { Sql } from '../session.ts'

/** Whether the lease stands, expired or not, and what it holds. */
export const leaseById: Sql<LeaseRow, [id: string]> = ({ lease }) => `
  select id, worker, claimed_at as claimedAt, entries, cancelled from ${lease} where id = ?`

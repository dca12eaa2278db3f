import type { LeaseRow } from '../rows.ts'
import type { Sql } from '../session.ts'

/** By its exact id: a claim whose reply was lost must be allowed to expire. */
export const extendLease: Sql<LeaseRow, [until: number, id: string]> = ({ lease }) => `
  update ${lease} set until = ? where id = ?
  returning id, worker, claimed_at as claimedAt, entries, cancelled`

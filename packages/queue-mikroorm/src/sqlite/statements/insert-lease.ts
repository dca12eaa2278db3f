import type { Sql } from '../session.ts'

/** One row for a whole claim; its entries name every job with the epoch it was claimed under. */
export const insertLease: Sql<
  never,
  [id: string, worker: number, until: number, claimedAt: number, entries: string]
> = ({ lease }) => `
  insert into ${lease} (id, worker, until, claimed_at, entries) values (?, ?, ?, ?, ?)`

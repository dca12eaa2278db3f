import type { LeaseRow } from '../rows.ts'
import type { Sql } from '../session.ts'

export const openLeases: Sql<LeaseRow, []> = ({ lease }) => `
  select id, worker, claimed_at as claimedAt, entries, cancelled from ${lease}`

import type { Sql } from '../session.ts'

/** Both ends of the primary key. */
export const idRange: Sql<{ least: number | null; greatest: number | null }, []> = ({ job }) => `
  select (select min(id) from ${job}) as least, (select max(id) from ${job}) as greatest`

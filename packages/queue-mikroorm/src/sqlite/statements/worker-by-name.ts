import type { Sql } from '../session.ts'

/** Outcomes and leases name workers by number: two bytes instead of a name in every row. */
export const workerByName: Sql<{ id: number }, [name: string]> = ({ worker }) => `
  select id from ${worker} where name = ? order by id desc limit 1`

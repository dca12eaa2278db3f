import type { Sql } from '../session.ts'

/** Frees the key of an ended job, unless it is held until a time or by another job. */
export const releaseUniqueKey: Sql<never, [job: number, sameJob: number]> = ({ job, unique_key }) => `
  delete from ${unique_key}
  where key = (select unique_key from ${job} where id = ? and unique_scope < 3) and job = ?`

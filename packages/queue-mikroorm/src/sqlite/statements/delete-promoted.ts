import type { Sql } from '../session.ts'

/** One range: the copied rows are the first of the table. */
export const deletePromoted: Sql<never, [at: number, job: number]> = ({ later }) => `
  delete from ${later} where (available_at, job) <= (?, ?)`

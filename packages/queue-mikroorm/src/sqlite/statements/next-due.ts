import type { Sql } from '../session.ts'

/** The first row of the index: when the next job becomes due. */
export const nextDue: Sql<{ at: number }, []> = ({ later }) => `
  select available_at as at from ${later} order by available_at limit 1`

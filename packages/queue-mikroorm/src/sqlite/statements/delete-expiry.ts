import type { Sql } from '../session.ts'

/** By its whole key, so before the job is deleted. */
export const deleteExpiry: Sql<never, [job: number, sameJob: number]> = ({ expiry, job }) => `
  delete from ${expiry} where expires_at = (select expires_at from ${job} where id = ?) and job = ?`

import type { Sql } from '../session.ts'

/** Takes the rows whose time is over, oldest first; whether their jobs wait still is asked afterwards. */
export const popExpired: Sql<{ job: number }, [now: number, limit: number]> = ({ expiry }) => `
  delete from ${expiry} where (expires_at, job) in (
    select expires_at, job from ${expiry} where expires_at < ? order by expires_at, job limit ?)
  returning job`

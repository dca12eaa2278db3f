import type { JobPlace } from '../rows.ts'
import type { Sql } from '../session.ts'

/** Where the waiting row of a job stands, or stood last: derived from the job and its last outcome. */
export const jobPlace: Sql<JobPlace, [job: number]> = ({ job, outcome }) => `
  select j.id as job, j.queue, j.line, j.key, j.priority, j.type, j.unique_key as uniqueKey, j.options,
    j.expires_at as expiresAt, j.max_attempts as maxAttempts,
    coalesce((select o.available_at from ${outcome} o where o.job = j.id order by o.epoch desc limit 1),
      j.available_at) as availableAt
  from ${job} j where j.id = ?`

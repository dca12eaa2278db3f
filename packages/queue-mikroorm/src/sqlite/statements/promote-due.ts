import type { Sql } from '../session.ts'

/** Copies what has become due into the lines, oldest first; what crashed goes into the line of solo runs. */
export const promoteDue: Sql<never, [now: number, limit: number]> = ({ ready, later }) => `
  insert into ${ready} (queue, line, key, priority, available_at, job, epoch, attempt, crashes, type)
  select queue, case when crashes > 0 and line = '' then '!solo' else line end, key, priority, available_at, job, epoch,
    attempt, crashes, type
  from ${later} where available_at <= ? order by available_at, job limit ?`

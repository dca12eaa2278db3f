import type { Sql } from '../session.ts'

/** The queues with a due row, promoted or not: jumps from one queue to the next, however many rows each has. */
export const dueQueues: Sql<{ queue: string }, [now: number]> = ({ ready, later }) => `
  with recursive standing (queue) as (
    select min(queue) from ${ready}
    union all
    select (select min(r.queue) from ${ready} r where r.queue > s.queue) from standing s where s.queue is not null)
  select queue from standing where queue is not null
  union
  select queue from (select queue from ${later} where available_at <= ? order by available_at limit 1000)`

import type { SqlNames } from '../sql-names.ts'
import type { Statement } from '../statement.ts'

const matches = (row: string) => `
    ($1::text[] is null or ${row}.queue = any ($1::text[])) and ($2::text[] is null or ${row}.type = any ($2::text[]))`

/** Pending, blocked and running jobs by queue: costs as much as there is work, never as there is history. */
export const countUnended: Statement = {
  name: 'count_unended',
  parameters: 2,
  plannedEachTime: true,
  text: (q) => `
select queue, 'pending' as state, count(*) as count,
  count(*) filter (where available_at <= ${q.now}) as due,
  extract(epoch from ${q.now} - min(available_at) filter (where isfinite(available_at))) * 1000 as oldest_ms
from (
  select queue, type, available_at from ${q.ready}
  union all
  select queue, type, available_at from ${q.later}
) w
where ${matches('w')}
group by queue
union all
select queue, 'blocked', count(*), 0, 0 from ${q.blocked} w where ${matches('w')} group by queue
union all
select j.queue, 'running', count(*), 0, 0 from ${openEntries(q)} where ${matches('j')} group by j.queue`,
}

/** Ended jobs by queue and state: this one reads the whole history. */
export const countEnded: Statement = {
  name: 'count_ended',
  parameters: 3,
  plannedEachTime: true,
  text: (q) => `
select j.queue, (array['finished', 'failed', 'cancelled'])[o.state] as state, count(*) as count
from ${q.outcome} o
join ${q.job} j on j.id = o.job
where o.final and o.state = any ($3::smallint[]) and ${matches('j')}
group by j.queue, o.state`,
}

const openEntries = (q: SqlNames) => `${q.lease} l
  cross join lateral unnest(l.jobs, l.epochs) as entry (job, epoch)
  join lateral (
    select j.queue, j.type
    from ${q.job} j
    where j.id = entry.job
      and not exists (select from ${q.outcome} o where o.job = entry.job and o.epoch = entry.epoch)
    limit 1
  ) j on true`

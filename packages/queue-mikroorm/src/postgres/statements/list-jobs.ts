import type { SqlNames } from '../sql-names.ts'
import type { Statement } from '../statement.ts'

/**
 * Candidates for one page, newest dispatch first: ids below `$1`, at most `$2` of them, of the queues `$3` and the types
 * `$4` (null: any). Each list drives from its own table. Those over history look at a bounded number of rows and say in
 * one more row, with the id 0, how far they came: `floor`, 0 at the end.
 */

const matches = (row: string) => `
    ($3::text[] is null or ${row}.queue = any ($3::text[])) and ($4::text[] is null or ${row}.type = any ($4::text[]))`

/** How many rows of history one page looks at. */
const walk = 20_000

/** All jobs, whatever their state. */
export const listAll: Statement = {
  name: 'list_all',
  parameters: 4,
  plannedEachTime: true,
  text: (q) => `
with page as materialized (
  select id
  from (select id, queue, type from ${q.job} where id < $1::bigint order by id desc limit ${walk}) walked
  where ${matches('walked')}
  order by id desc
  limit $2
)
${pageOf(`select id from ${q.job} where id < $1::bigint order by id desc`)}`,
}

/** Waiting jobs are read whole: there are as many as there is work, not as there is history. */
export const listPending: Statement = {
  name: 'list_pending',
  parameters: 4,
  plannedEachTime: true,
  text: (q) => `
select w.job as id, 0 as floor
from (
  select job, queue, type from ${q.ready} where job < $1::bigint
  union all
  select job, queue, type from ${q.later} where job < $1::bigint
) w
where ${matches('w')}
order by w.job desc
limit $2`,
}

export const listBlocked: Statement = {
  name: 'list_blocked',
  parameters: 4,
  plannedEachTime: true,
  text: (q) => `
select job as id, 0 as floor from ${q.blocked} w where job < $1::bigint and ${matches('w')} order by job desc limit $2`,
}

export const listRunning: Statement = {
  name: 'list_running',
  parameters: 4,
  plannedEachTime: true,
  text: (q) => `
select entry.job as id, 0 as floor
from ${q.lease} l
cross join lateral unnest(l.jobs, l.epochs) as entry (job, epoch)
cross join lateral (select queue, type from ${q.job} where id = entry.job limit 1) j
left join lateral (
  select true as settled from ${q.outcome} o where o.job = entry.job and o.epoch = entry.epoch limit 1
) o on true
where entry.job < $1::bigint and o.settled is null and ${matches('j')}
order by entry.job desc
limit $2`,
}

/** A job's final outcome is the first of it that the walk meets. */
export const listFinished: Statement = {
  name: 'list_finished',
  parameters: 4,
  plannedEachTime: true,
  text: (q) => `
with page as materialized (
  select walked.id
  from (
    select job as id, final and state = 1 as finished
    from ${q.outcome}
    where job < $1::bigint
    order by job desc, epoch desc
    limit ${walk}
  ) walked
  cross join lateral (select queue, type from ${q.job} where id = walked.id limit 1) j
  where walked.finished and ${matches('j')}
  order by walked.id desc
  limit $2
)
${pageOf(`select job from ${q.outcome} where job < $1::bigint order by job desc, epoch desc`)}`,
}

export const listFailed: Statement = {
  name: 'list_failed',
  parameters: 4,
  plannedEachTime: true,
  text: (q) => listBad(q, 2),
}
export const listCancelled: Statement = {
  name: 'list_cancelled',
  parameters: 4,
  plannedEachTime: true,
  text: (q) => listBad(q, 3),
}

/** Failed and cancelled jobs have an index of their own. */
const listBad = (q: SqlNames, state: 2 | 3) => `
select o.job as id, 0 as floor
from ${q.outcome} o
cross join lateral (select queue, type from ${q.job} where id = o.job limit 1) j
where o.final and o.state in (2, 3) and o.state = ${state} and o.job < $1::bigint and ${matches('j')}
order by o.job desc
limit $2`

/** The page, and how far the walk came if it did not fill it. */
const pageOf = (walked: string) => `
select id, 0 as floor from page
union all
select 0, case when (select count(*) from page) < $2 then coalesce((${walked} offset ${walk - 1} limit 1), 0) else 0 end`

import type { SqlNames } from '../sql-names.ts'
import type { Statement } from '../statement.ts'

/** One walk over the jobs by id, bounded by the jobs it looks at; removes what ended long enough ago. */
export const pruneJobs: Statement = {
  name: 'prune_jobs',
  parameters: 9,
  text: (q) => `
with walked as materialized (
  select id, type from ${q.job} where id > $1::bigint order by id limit $2
),
doomed as materialized (
  select walked.id, o.epoch
  from walked
  left join unnest($6::text[], $7::float8[], $8::float8[], $9::float8[])
    as own (type, finished_ms, failed_ms, cancelled_ms) on own.type = walked.type
  cross join lateral (
    select epoch, final, state, ended_at from ${q.outcome} where job = walked.id order by epoch desc limit 1
  ) o
  cross join lateral (
    select case when own.type is null
      then (array[$3::float8, $4::float8, $5::float8])[o.state]
      else (array[own.finished_ms, own.failed_ms, own.cancelled_ms])[o.state]
    end as ms
  ) kept
  where o.final and o.ended_at < ${q.now} - kept.ms * interval '1 ms'
),
${forget(q)}
select (select count(*) from walked)::int as looked, (select max(id) from walked) as last,
  (select count(*) from gone)::int as removed`,
}

/** Removes ended jobs at once. */
export const removeJobs: Statement = {
  name: 'remove_jobs',
  parameters: 1,
  text: (q) => `
with doomed as materialized (
  select j.id, o.epoch
  from ${q.job} j
  cross join lateral (
    select epoch, final from ${q.outcome} where job = j.id order by epoch desc limit 1
  ) o
  where j.id = any ($1::bigint[]) and o.final
),
${forget(q)}
select id from gone`,
}

/**
 * The outcome goes first, and only while it is final: that row is where retry and removal meet. A lease may still list
 * the job beside others that run; its entry is emptied, or it would look open again without its outcome.
 */
const forget = (q: SqlNames) => `
closed as (
  delete from ${q.outcome}
  where ctid = any (array(
    select o.ctid
    from doomed
    cross join lateral (
      select ctid from ${q.outcome} where job = doomed.id and epoch = doomed.epoch limit 1
    ) o
  )) and final
  returning job
),
gone as (
  delete from ${q.job} where id = any (array(select job from closed)) returning id, expires_at
),
history as (
  delete from ${q.outcome} where job = any (array(select job from closed)) and not final
),
unlisted as (
  update ${q.lease}
  set jobs = array(
    select case when entry.job = any (array(select job from closed)) then null else entry.job end
    from unnest(jobs) with ordinality as entry (job, position)
    order by entry.position
  )
  where jobs && array(select job from closed)
),
without_progress as (
  delete from ${q.progress} where job = any (array(select job from closed))
),
without_log as (
  delete from ${q.log_line} where job = any (array(select job from closed))
),
without_expiry as (
  delete from ${q.expiry}
  where ctid = any (array(
    select e.ctid
    from gone
    cross join lateral (
      select ctid from ${q.expiry} where expires_at = gone.expires_at and job = gone.id limit 1
    ) e
  ))
),
without_slot as (
  delete from ${q.slot} where job = any (array(select job from closed))
)`

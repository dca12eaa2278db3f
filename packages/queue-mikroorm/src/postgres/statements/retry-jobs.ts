import type { Statement } from '../statement.ts'

/**
 * Reopens final outcomes by compare-and-swap: the row is locked first, so of two operators the second finds it no
 * longer final, and pruning has either removed it or waits. Rows are found, and so locked, by their places in the table;
 * the condition is put so that no plan reads the index of bad outcomes instead. The unique key comes next; a job whose
 * key another one holds, or an earlier one of the call takes, stays as it is. The epoch goes on, the budgets start anew. An
 * expiry that is over is taken off, also from where the job was watched when it ran last.
 */
export const retryJobs: Statement = {
  name: 'retry_jobs',
  parameters: 2,
  text: (q) => `
with last as materialized (
  select o.ctid
  from ${q.job} j
  cross join lateral (select ctid from ${q.outcome} where job = j.id order by epoch desc limit 1) o
  where j.id = any ($1::bigint[])
),
locked as materialized (
  select ctid as row, job, epoch
  from ${q.outcome}
  where ctid = any (array(select ctid from last)) and case when final then state = any ($2::smallint[]) end
  for update
),
ended as materialized (
  select locked.row, locked.epoch, j.*
  from locked
  cross join lateral (select * from ${q.job} where id = locked.job limit 1) j
),
held as (
  insert into ${q.unique_key} as held (key, job)
  select distinct on (unique_key) unique_key, id
  from ended
  where unique_key is not null and unique_scope < 3
  order by unique_key, array_position($1::bigint[], id)
  on conflict (key) do update set job = held.job
  returning key, job
),
free as materialized (
  select ended.*
  from ended
  left join held on held.key = ended.unique_key
  where ended.unique_key is null or ended.unique_scope = 3 or held.job = ended.id
),
reopened as (
  update ${q.outcome}
  set final = false, available_at = ${q.now}
  where ctid = any (array(select row from free)) and final
  returning job
),
lined_up as (
  insert into ${q.ready} (queue, line, key, priority, available_at, job, epoch, type)
  select queue, line, key, priority, ${q.now}, id, epoch, type from free where id in (select job from reopened)
),
expiring as (
  insert into ${q.expiry} (expires_at, job)
  select expires_at, id from free where expires_at > ${q.now} and id in (select job from reopened)
  on conflict (expires_at, job) do update set job = excluded.job
),
too_late as materialized (
  select expires_at, id from free where expires_at <= ${q.now} and id in (select job from reopened)
),
without_expiry as (
  update ${q.job} set expires_at = null where id = any (array(select id from too_late))
),
unwatched as (
  delete from ${q.expiry}
  where ctid = any (array(
    select found.ctid
    from too_late
    cross join lateral (
      select ctid from ${q.expiry} where expires_at = too_late.expires_at and job = too_late.id limit 1
    ) found
  ))
)
select id, id in (select job from reopened) as reopened from ended`,
}

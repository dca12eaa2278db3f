import type { SqlNames } from '../sql-names.ts'

/**
 * CTEs that follow from outcomes. `recorded` holds what the statement itself inserted: the primary key of `outcome` is
 * the arbiter, so whoever lost the race moves nothing. `decided` says where each of its jobs goes, with the columns
 * job, epoch, used_attempts, crashes, final, back_at.
 */
export const goBack = (q: SqlNames): string => `
back as materialized (
  select d.job, d.epoch, d.used_attempts as attempt, d.crashes, d.back_at, j.queue, j.line, j.key, j.priority, j.type
  from (
    select * from decided where not final and (job, epoch) in (select job, epoch from recorded)
  ) d
  cross join lateral (select queue, line, key, priority, type from ${q.job} where id = d.job limit 1) j
),
back_to_ready as (
  insert into ${q.ready} (queue, line, key, priority, available_at, job, epoch, attempt, crashes, type)
  select queue, case when crashes > 0 and line = '' then '!solo' else line end,
    key, priority, back_at, job, epoch, attempt, crashes, type
  from back
  where back_at <= ${q.now}
),
back_to_later as (
  insert into ${q.later} (available_at, job, queue, line, key, priority, epoch, attempt, crashes, type)
  select back_at, job, queue, line, key, priority, epoch, attempt, crashes, type
  from back
  where back_at > ${q.now}
)`

/** The end of a job frees its unique key, if it is still its own. */
export const freeKeys = (q: SqlNames): string => `
freed as (
  delete from ${q.unique_key}
  where (key, job) in (
    select j.unique_key, j.id
    from (select job from recorded where final) r
    cross join lateral (select id, unique_key, unique_scope from ${q.job} where id = r.job limit 1) j
    where j.unique_key is not null and j.unique_scope < 3
  )
)`

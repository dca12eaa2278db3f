import type { SqlNames } from '../sql-names.ts'

/**
 * `decided`, with whether each was recorded. As an output column that is looked up in a hash; as a condition it would
 * be compared with every other row of the batch.
 */
export const decidedHere = (condition = 'true'): string =>
  `(select *, (job, epoch) in (select job, epoch from recorded) as is_recorded from decided where ${condition} offset 0)`

/**
 * CTEs that follow from outcomes. `recorded` holds what the statement itself inserted: the primary key of `outcome` is
 * the arbiter, so whoever lost the race moves nothing. `decided` says where each of its jobs goes, with the columns
 * job, epoch, used_attempts, crashes, final, back_at. A job that waits again is watched for its expiry again: whoever
 * looked while it ran has forgotten it.
 */
export const goBack = (q: SqlNames): string => `
back as materialized (
  select d.job, d.epoch, d.used_attempts as attempt, d.crashes, d.back_at, j.queue, j.line, j.key, j.priority, j.type,
    j.expires_at
  from ${decidedHere('not final')} d
  cross join lateral (select queue, line, key, priority, type, expires_at from ${q.job} where id = d.job limit 1) j
  where d.is_recorded
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
),
expiring_again as (
  insert into ${q.expiry} (expires_at, job)
  select expires_at, job from back where expires_at is not null
  on conflict (expires_at, job) do update set job = excluded.job
)`

/**
 * The end of a job frees its unique key, if it is still its own. Joined as a set, a plan made while no job had a key
 * would read them all for ever.
 */
export const freeKeys = (q: SqlNames): string => `
freed as (
  delete from ${q.unique_key}
  where ctid = any (array(
    select held.ctid
    from (select job from recorded where final) r
    cross join lateral (select id, unique_key, unique_scope from ${q.job} where id = r.job limit 1) j
    cross join lateral (select ctid, job from ${q.unique_key} where key = j.unique_key limit 1) held
    where j.unique_scope < 3 and held.job = j.id
  ))
)`

import type { SqlNames } from '../sql-names.ts'

/**
 * Where a job's waiting row stands: at the time its last outcome sent it to, else where its dispatch put it. Every
 * statement that puts a row down records that time first. So a row is found by its primary key, and neither `ready` nor
 * `later` needs an index by job, which would cost every dispatch.
 */
export const waitingPlace = (q: SqlNames, job: string): string => `coalesce(
    (select o.available_at from ${q.outcome} o where o.job = ${job}.id order by o.epoch desc limit 1),
    ${job}.available_at)`

/** The same, where the last outcome has been joined. */
export const rowPlace = (job: string, outcome: string): string =>
  `coalesce(${outcome}.available_at, ${job}.available_at)`

export interface PlaceColumns {
  readonly queue: string
  readonly line: string
  readonly key: string
  readonly type: string
  readonly priority: string
  readonly job: string
  readonly availableAt: string
}

/** In its own line, among those that crashed, or set aside because nobody knows its type. */
export const rowInReady = (row: string, job: PlaceColumns): string =>
  `${row}.queue = ${job.queue}
    and (${row}.line, ${row}.key) in ((${job.line}, ${job.key}), ('!solo', ''), ('!held', ${job.type}))
    and ${row}.priority = ${job.priority} and ${row}.available_at = ${job.availableAt} and ${row}.job = ${job.job}`

const columns = 'job, epoch, attempt, crashes, type, queue, line, key, priority, available_at'

/** CTEs that lift the waiting rows of jobs off their tables, as `waiting`. */
export const liftWaiting = (q: SqlNames, jobs: string): string => `
wanted as materialized (
  select j.id, j.queue, j.line, j.key, j.type, j.priority, ${waitingPlace(q, 'j')} as available_at
  from ${q.job} j
  where j.id = any (${jobs})
),
from_ready as (
  delete from ${q.ready}
  where ctid = any (array(
    select place.ctid
    from wanted w
    cross join lateral (
      select r.ctid
      from (values (w.line, w.key), ('!solo', ''), ('!held', w.type)) as candidate (line, key)
      cross join lateral (
        select ctid
        from ${q.ready} r
        where r.queue = w.queue and r.line = candidate.line and r.key = candidate.key
          and r.priority = w.priority and r.available_at = w.available_at and r.job = w.id
        limit 1
      ) r
      limit 1
    ) place
  ))
  returning ${columns}
),
from_later as (
  delete from ${q.later}
  where ctid = any (array(
    select place.ctid
    from wanted w
    cross join lateral (
      select ctid from ${q.later} l where l.available_at = w.available_at and l.job = w.id limit 1
    ) place
  ))
  returning ${columns}
),
from_blocked as (
  delete from ${q.blocked}
  where job = any (${jobs})
  returning ${columns.replace('crashes', '0::smallint as crashes')}
),
waiting as materialized (
  select * from from_ready union all select * from from_later union all select * from from_blocked
)`

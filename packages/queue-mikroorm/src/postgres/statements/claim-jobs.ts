import type { SqlNames } from '../sql-names.ts'
import type { Statement } from '../statement.ts'

/**
 * Takes due jobs of many queues in one round trip, each from its own cursor (the dead entries of earlier claims lie
 * before it), and puts them into one lease. Types that the worker does not know and paused ones are passed over.
 *
 * Takes nothing while `later` holds jobs that are due, unless `$10` says that they were just promoted: a delayed job
 * keeps its place in the order at the price of two more round trips, only when there is one.
 */
export const claimJobs: Statement = {
  name: 'claim_jobs',
  parameters: 12,
  text: (q) => `
with ${askedQueues(q)},
${picked(q, { line: '', ofEach: 'asked.want', ofAll: 'all' })},
${leased(q)}
${claimed(q)}`,
}

/** One job that crashed before, of any of the queues. */
export const claimSoloJob: Statement = {
  name: 'claim_solo_job',
  parameters: 12,
  text: (q) => `
with ${askedQueues(q)},
${picked(q, { line: '!solo', ofEach: 'least(asked.want, 1)', ofAll: '1' })},
${leased(q)}
${claimed(q)}`,
}

/** Where to look, and whether to look at all. `$11` skips the dead rows of earlier promotions. */
const askedQueues = (q: SqlNames) => `
soonest as materialized (
  select available_at from ${q.later} where available_at >= $11::timestamptz order by available_at limit 1
),
promotable as materialized (
  select not $10::boolean and exists (select from soonest where available_at <= ${q.now}) as first
),
asked as materialized (
  select *
  from unnest($1::text[], $2::int[], $3::smallint[], $4::timestamptz[], $5::bigint[])
    as asked (queue, want, priority, available_at, job)
  where not (select first from promotable)
    and not exists (
      select from ${q.pause} p
      where p.kind = 'queue' and p.name = asked.queue and (p.until is null or p.until > ${q.now})
    )
)`

interface Pick {
  readonly line: '' | '!solo'
  /** How many rows at the most, of each queue and altogether. */
  readonly ofEach: string
  readonly ofAll: string
}
const picked = (q: SqlNames, { line, ofEach, ofAll }: Pick) => `
picked as materialized (
  select r.ctid
  from asked
  cross join lateral (
    select r.ctid
    from ${q.ready} r
    where r.queue = asked.queue and r.line = '${line}' and r.key = ''
      and (r.priority, r.available_at, r.job) >= (asked.priority, asked.available_at, asked.job)
      and ${mayRun(q)}
    order by r.priority, r.available_at, r.job
    limit ${ofEach}
    for update skip locked
  ) r
  limit ${ofAll}
)`

/**
 * The last epoch has no next one. Types are asked for in a form of which the planner expects nothing: by its estimate of
 * `type = any (…)` next to no row would be left, and it would rather sort the whole backlog than follow the index for so
 * few.
 */
const mayRun = (q: SqlNames) => `r.available_at <= ${q.now} and r.epoch < 2147483647
      and case
        when r.type = any ($6::text[]) and r.type <> all (array(
          select name from ${q.pause} where kind = 'type' and (until is null or until > ${q.now})
        )) then true
      end is not null`

/** The ready rows picked become the entries of one lease. Nothing picked, no lease. */
const leased = (q: SqlNames) => `
taken as (
  delete from ${q.ready} where ctid = any (array(select ctid from picked)) returning *
),
entry as materialized (
  select job, epoch, attempt, crashes, type, queue, priority,
    greatest(0, least(extract(epoch from ${q.now} - greatest(available_at, 'epoch')) * 1000, 2147483647))::int as wait,
    row_number() over claim_order as position,
    case when lead(queue) over claim_order is distinct from queue then available_at::text end as cursor
  from taken
  window claim_order as (order by array_position($1::text[], queue), priority, available_at, job)
),
lease as (
  insert into ${q.lease} (id, worker, claimed_at, until, jobs, epochs, attempts, crashes)
  select $9::uuid, $7::int, ${q.now}, ${q.now} + $8::float8 * interval '1 ms',
    array_agg(job), array_agg(epoch + 1), array_agg(attempt), array_agg(crashes)
  from (select * from entry order by position) e
  having count(*) > 0
)`

/**
 * The claimed jobs, `flags`: 1 rich, 2 expired. And one row at position 0 with what the claim learnt besides, in the
 * columns of the jobs, since another column costs something for each job: `wait` until the next delayed job is due,
 * `cursor` the expired leases if `$12` asks for them, `flags`: 1 promote first, 2 a crashed job waits, 4 jobs expired.
 */
const claimed = (q: SqlNames) => `
select e.position::int, e.job, e.epoch + 1 as epoch, e.attempt + 1 as attempt, e.crashes, e.type, e.queue, e.priority,
  e.wait, e.cursor, j.max_attempts, j.payload, j.options, j.flags
from entry e
cross join lateral (
  select max_attempts, payload, options,
    case when unique_key is not null or batch is not null or parent or line <> '' then 1 else 0 end
      + case when expires_at < ${q.now} then 2 else 0 end as flags
  from ${q.job}
  where id = e.job
  limit 1
) j
union all
select 0, null, null, null, null, null, null, null,
  (${untilSoonest(q)}),
  case when $12::boolean then (
    select string_agg(id || ' ' || until, ',')
    from (select id, until from ${q.lease} where until < ${q.now} order by until limit 1000) expired
  ) end,
  null, null, null,
  (select first from promotable)::int + 2 * (${soloWaiting(q)})::int
    + case when $12 then 4 * (${someExpired(q)})::int else 0 end`

/** 0 when more is due than was promoted. Unknown at the end of time. */
const untilSoonest = (q: SqlNames) => `
    select case
      when available_at <= ${q.now} then 0
      when isfinite(available_at) then
        least(ceil(extract(epoch from available_at - ${q.now}) * 1000), 2147483647)::int
    end
    from soonest`

const someExpired = (q: SqlNames) => `exists (
    select from (select from ${q.expiry} where expires_at < ${q.now} order by expires_at limit 1) expired
  )`

const soloWaiting = (q: SqlNames) => `exists (
    select
    from asked
    cross join lateral (
      select
      from ${q.ready} r
      where r.queue = asked.queue and r.line = '!solo' and r.key = '' and ${mayRun(q)}
        and r.ctid <> all (array(select ctid from picked))
      limit 1
    ) waiting
  )`

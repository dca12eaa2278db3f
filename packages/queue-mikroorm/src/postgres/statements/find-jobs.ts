import type { SqlNames } from '../sql-names.ts'
import type { Statement } from '../statement.ts'
import { rowPlace } from './waiting-place.ts'

/** None for an infinite one, which only a hand writes: it has no number and would fail the look at all other jobs. */
const ms = (instant: string) =>
  `case when isfinite(${instant}) then (extract(epoch from ${instant}) * 1000)::bigint end`

/**
 * The jobs `$1`, in that order, each with where it is. Where a waiting row stands follows from the job and its last
 * outcome, so each place is one probe of a primary key; leases are read once for all of the jobs.
 */
export const findJobs: Statement = {
  name: 'find_jobs',
  parameters: 1,
  plannedEachTime: true,
  text: (q) => `
with asked as materialized (
  select id, place from unnest($1::bigint[]) with ordinality as asked (id, place)
),
${running(q)}
select j.id, j.type, j.queue, j.payload, j.priority, j.max_attempts, j.options, ${ms('j.created_at')} as created_ms,
  ${ms('j.expires_at')} as expires_ms,
  case
    when w.state is not null then w.state
    when o.final then coalesce((array['finished', 'failed', 'cancelled'])[o.state], 'cancelled')
    else 'running'
  end as state,
  coalesce(w.epoch, r.epoch, o.epoch, 0) as epoch,
  coalesce(w.attempt, r.attempt, o.attempt, 0) as attempt,
  coalesce(w.crashes, r.crashes, ended.crashes, 0) as crashes,
  ${ms('w.available_at')} as available_ms, ${ms('r.claimed_at')} as claimed_ms, r.cancel_requested,
  case when o.final then ${ms('o.ended_at')} end as ended_ms,
  case when o.final then o.reason end as reason,
  case when o.final then o.result end as result,
  o.error,
  (select percent from ${q.progress} where job = j.id) as percent
from asked
cross join lateral (select * from ${q.job} where id = asked.id limit 1) j
left join lateral (select * from ${q.outcome} where job = j.id order by epoch desc limit 1) o on true
left join lateral (${waiting(q)}) w on true
left join running r on r.job = j.id
left join lateral (${crashesOfEnded(q)}) ended on o.final
order by asked.place`,
}

/** What each epoch of the jobs `$1` came to, oldest first. */
export const findOutcomes: Statement = {
  name: 'find_outcomes',
  parameters: 1,
  plannedEachTime: true,
  text: (q) => `
select job, epoch, attempt, state, ${ms('ended_at')} as ended_ms, wait, duration, reason, error, result
from ${q.outcome}
where job = any ($1::bigint[])
order by job, epoch`,
}

const running = (q: SqlNames) => `
running as materialized (
  select entry.job, entry.epoch, entry.attempt + 1 as attempt, entry.crashes, l.claimed_at,
    array_position(l.cancelled, entry.job) is not null as cancel_requested
  from ${q.lease} l
  cross join lateral unnest(l.jobs, l.epochs, l.attempts, l.crashes) as entry (job, epoch, attempt, crashes)
  left join lateral (
    select true as settled from ${q.outcome} s where s.job = entry.job and s.epoch = entry.epoch limit 1
  ) s on true
  where l.jobs && $1::bigint[] and entry.job = any ($1::bigint[]) and s.settled is null
)`

const waiting = (q: SqlNames) => `
  select 'pending' as state, r.epoch, r.attempt, r.crashes, r.available_at
  from (values (j.line, j.key), ('!solo', ''), ('!held', j.type)) as candidate (line, key)
  cross join lateral (
    select epoch, attempt, crashes, available_at
    from ${q.ready}
    where queue = j.queue and line = candidate.line and key = candidate.key and priority = j.priority
      and available_at = ${rowPlace('j', 'o')} and job = j.id
    limit 1
  ) r
  union all
  select 'pending', epoch, attempt, crashes, available_at
  from ${q.later}
  where available_at = ${rowPlace('j', 'o')} and job = j.id
  union all
  select 'blocked', epoch, attempt, 0, available_at from ${q.blocked} where job = j.id`

/** Crashes since a person last reopened the job: the outcomes that no worker and no operator wrote. */
const crashesOfEnded = (q: SqlNames) => `
  select count(*) as crashes
  from ${q.outcome} c
  where c.job = j.id and c.duration is null and c.worker <> 0
    and c.epoch > coalesce(
      (select max(r.epoch) from ${q.outcome} r where r.job = j.id and r.state <= 3 and not r.final), 0)`

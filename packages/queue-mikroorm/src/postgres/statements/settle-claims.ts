import type { SqlNames } from '../sql-names.ts'
import type { Statement } from '../statement.ts'
import { decidedHere, freeKeys, goBack } from './after-outcome.ts'
import { attemptOf } from './attempt-of.ts'
import { waitingPlace } from './waiting-place.ts'

/** In the transaction of a completion `now()` would be its beginning. */
export const settleClock = 'statement_timestamp()'

/**
 * Any mix of outcomes of any leases. An entry is addressed by lease and position, so a job that the lease does not hold
 * cannot be named. It counts while the lease stands (its row is locked against the reaper's delete, and against nothing
 * else) and the epoch has no outcome yet. Repeating the statement inserts nothing and moves nothing.
 */
export const settleClaims: Statement = {
  name: 'settle_claims',
  parameters: 12,
  clock: settleClock,
  text: (q) => `with ${settling(q)} ${verdicts}`,
}

/** For jobs whose claim said that they hold something: a unique key. */
export const settleRichClaims: Statement = {
  name: 'settle_rich_claims',
  parameters: 12,
  clock: settleClock,
  text: (q) => `with ${settling(q)}, ${freeKeys(q)} ${verdicts}`,
}

const settling = (q: SqlNames) => `
said as materialized (
  select *
  from unnest($2::uuid[], $3::int[], $4::bigint[], $5::int[], $6::smallint[], $7::int[], $8::int[], $9::float8[],
    $10::text[], $11::json[], $12::json[]) with ordinality
    as said (lease, position, job, epoch, state, wait, duration, delay_ms, reason, error, result, place)
),
standing as materialized (
  select id, worker, ${fetched('jobs', 'bigint')}, ${fetched('epochs', 'int')},
    ${fetched('attempts', 'smallint')}, ${fetched('crashes', 'smallint')}, cancelled, cancel_reasons
  from ${q.lease}
  where id = any ($1::uuid[])
  order by id
  for key share
),
held as (
  select said.*, l.worker, ${attemptOf('l.attempts[said.position]')} as attempt,
    coalesce(l.crashes[said.position], 0) as crashes,
    array_position(l.cancelled, said.job) as cancel, l.cancel_reasons
  from said
  join standing l on l.id = said.lease
  where l.jobs[said.position] = said.job and l.epochs[said.position] = said.epoch
),
decided as materialized (
  select place, job, epoch, worker, attempt, crashes, wait, duration, error, result, cancel is not null as cancelled,
    case when cancel is null then reason else cancel_reasons[cancel] end as reason,
    case when cancel is null then state else 3 end as state,
    state <= 3 or cancel is not null as final,
    attempt - case when state in (5, 6) then 1 else 0 end as used_attempts,
    case
      when cancel is not null or state <= 3 then null
      when state = 6 then (select ${waitingPlace(q, 'j')} from ${q.job} j where j.id = held.job)
      else ${q.now} + coalesce(delay_ms, 0) * interval '1 ms'
    end as back_at
  from held
),
recorded as (
  insert into ${q.outcome}
    (job, epoch, attempt, worker, state, final, wait, duration, ended_at, available_at, reason, error, result)
  select job, epoch, attempt, worker, state, final, wait, duration, ${q.now}, back_at, reason, error, result
  from decided
  on conflict (job, epoch) do nothing
  returning job, epoch, state, final
),
${goBack(q)}`

/** Concatenated with nothing, an array is fetched from its storage once, not once per entry. */
export const fetched = (column: string, type: string) => `${column} || '{}'::${type}[] as ${column}`

/** Which settlements applied is told only when it were not all, and which were cancelled only when some were. */
const verdicts = `
select count(*)::int as applied,
  (
    select string_agg(place::text, ',') from decided where cancelled and (job, epoch) in (select job, epoch from recorded)
  ) as cancelled,
  case when count(*) < cardinality($3::int[]) then (
    select string_agg(place::text, ',') from ${decidedHere()} d where is_recorded
  ) end as places
from recorded`

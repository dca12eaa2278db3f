import type { Statement } from '../statement.ts'
import { attemptOf } from './attempt-of.ts'
import { fetched, settleClock } from './settle-claims.ts'

/**
 * What most settlements are: claims that finished without a result, of jobs that hold nothing. The fence is that of
 * `settleClaims`; nothing goes back and nothing is freed, so it writes outcomes alone, at three quarters of the server's
 * time. A lease in which a cancel was asked is passed over: what did not apply goes to `settleClaims`, which judges it.
 */
export const settleFinished: Statement = {
  name: 'settle_finished',
  parameters: 7,
  clock: settleClock,
  text: (q) => `
with standing as materialized (
  select id, worker, ${fetched('jobs', 'bigint')}, ${fetched('epochs', 'int')}, ${fetched('attempts', 'smallint')}
  from ${q.lease}
  where id = any ($1::uuid[]) and cancelled is null
  order by id
  for key share
),
held as not materialized (
  select said.*, l.worker, ${attemptOf('l.attempts[said.position]')} as attempt
  from unnest($2::uuid[], $3::int[], $4::bigint[], $5::int[], $6::int[], $7::int[]) with ordinality
    as said (lease, position, job, epoch, wait, duration, place)
  join standing l on l.id = said.lease
  where l.jobs[said.position] = said.job and l.epochs[said.position] = said.epoch
),
recorded as (
  insert into ${q.outcome} (job, epoch, attempt, worker, state, final, wait, duration, ended_at)
  select job, epoch, attempt, worker, 1, true, wait, duration, ${q.now} from held
  on conflict (job, epoch) do nothing
  returning job, epoch
)
select count(*)::int as applied,
  case when count(*) < cardinality($3::int[]) then (
    select string_agg(place::text, ',')
    from (select place, (job, epoch) in (select job, epoch from recorded) as is_recorded from held offset 0) h
    where is_recorded
  ) end as places
from recorded`,
}

import type { Statement } from '../statement.ts'
import { freeKeys } from './after-outcome.ts'
import { liftWaiting } from './waiting-place.ts'

/**
 * Fails jobs that wait although their time is over, found in the order in which it ran out. A row of `expiry` goes when
 * its job failed here, has ended or runs (it is written anew when the job goes back). A job that stood between two
 * places is in none of them and keeps its row for the next call.
 */
export const expireJobs: Statement = {
  name: 'expire_jobs',
  parameters: 1,
  text: (q) => `
with over as materialized (
  select ctid as row, job
  from ${q.expiry}
  where expires_at < ${q.now}
  order by expires_at, job
  limit $1
  for update skip locked
),
${liftWaiting(q, 'array(select job from over)')},
recorded as (
  insert into ${q.outcome} (job, epoch, attempt, worker, state, final, ended_at, reason)
  select job, epoch + 1, attempt, 0, 2, true, ${q.now}, 'expired' from waiting
  on conflict (job, epoch) do nothing
  returning job, epoch, state, final
),
${freeKeys(q)},
without_parents as (
  delete from ${q.dependency} where child = any (array(select job from from_blocked))
),
running as materialized (
  select entry.job
  from ${q.lease} l
  cross join lateral unnest(l.jobs, l.epochs) as entry (job, epoch)
  left join lateral (
    select true as settled from ${q.outcome} o where o.job = entry.job and o.epoch = entry.epoch limit 1
  ) o on true
  where l.jobs && array(select job from over) and entry.job = any (array(select job from over)) and o.settled is null
),
ended as materialized (
  select over.job
  from over
  cross join lateral (select final from ${q.outcome} where job = over.job order by epoch desc limit 1) o
  where o.final
),
seen as (
  delete from ${q.expiry}
  where ctid = any (array(
    select row
    from over
    where job in (select job from recorded union all select job from running union all select job from ended)
  ))
)
select recorded.job, j.type, j.queue
from recorded
cross join lateral (select type, queue from ${q.job} where id = recorded.job limit 1) j`,
}

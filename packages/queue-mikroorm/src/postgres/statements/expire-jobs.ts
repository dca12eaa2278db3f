import type { Statement } from '../statement.ts'
import { endWaiting, runningOf } from './end-waiting.ts'

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
${endWaiting(q, 'array(select job from over)', { state: 2, reason: "'expired'" })},
${runningOf(q, 'array(select job from over)')},
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
select recorded.job, j.type, j.queue, waiting.attempt, j.max_attempts
from recorded
join waiting on waiting.job = recorded.job
cross join lateral (select type, queue, max_attempts from ${q.job} where id = recorded.job limit 1) j`,
}

import type { Statement } from '../statement.ts'
import { freeKeys } from './after-outcome.ts'
import { liftWaiting } from './waiting-place.ts'

/**
 * Waiting jobs end at once, with an outcome at the next epoch; running ones are marked in their lease, and the mark
 * wins over whatever the handler comes to. Claim and cancel meet on the waiting row: a job that neither part found is
 * being moved right now, and the caller asks again.
 */
export const cancelJobs: Statement = {
  name: 'cancel_jobs',
  parameters: 2,
  text: (q) => `
with ${liftWaiting(q, '$1::bigint[]')},
recorded as (
  insert into ${q.outcome} (job, epoch, attempt, worker, state, final, ended_at, reason)
  select job, epoch + 1, attempt, 0, 3, true, ${q.now}, $2::text from waiting
  on conflict (job, epoch) do nothing
  returning job, epoch, state, final
),
${freeKeys(q)},
without_parents as (
  delete from ${q.dependency} where child = any (array(select job from from_blocked))
),
running as materialized (
  select l.id, entry.job
  from ${q.lease} l
  cross join lateral unnest(l.jobs, l.epochs) as entry (job, epoch)
  left join lateral (
    select true as settled from ${q.outcome} o where o.job = entry.job and o.epoch = entry.epoch limit 1
  ) o on true
  where l.jobs && $1::bigint[] and entry.job = any ($1::bigint[]) and o.settled is null
),
marked as (
  update ${q.lease} l
  set cancelled = coalesce(l.cancelled, '{}') || asked.jobs,
    cancel_reasons = coalesce(l.cancel_reasons, '{}') || array_fill($2::text, array[cardinality(asked.jobs)])
  from (select id, array_agg(job) as jobs from running group by id) asked
  where l.id = asked.id
  returning asked.jobs
)
select job, 'cancelled' as verdict from recorded
union all
select job, 'requested' from marked cross join lateral unnest(marked.jobs) as job`,
}

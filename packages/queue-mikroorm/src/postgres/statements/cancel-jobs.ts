import type { Statement } from '../statement.ts'
import { endWaiting, runningOf } from './end-waiting.ts'

/**
 * Waiting jobs end at once, with an outcome at the next epoch; running ones are marked in their lease, and the mark
 * wins over whatever the handler comes to. Claim and cancel meet on the waiting row: a job that neither part found is
 * being moved right now, and the caller asks again.
 */
export const cancelJobs: Statement = {
  name: 'cancel_jobs',
  parameters: 2,
  text: (q) => `
with ${endWaiting(q, '$1::bigint[]', { state: 3, reason: '$2::text' })},
${runningOf(q, '$1::bigint[]')},
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

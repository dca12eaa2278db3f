import type { Statement } from '../statement.ts'
import { availableAt, dispatchClock, jobArrays, jobColumns, placed, timeArrays, timeColumns } from './dispatch-jobs.ts'

/**
 * Jobs of which some have a unique key. The key's row comes first: `do update` tells its holder even where this
 * statement's snapshot cannot see it, and a job is stored only if the key is its own. Keys are taken in their order, so
 * that two dispatches of the same keys wait for one another and never in a circle. A key may appear only once in a call.
 */
export const dispatchUniqueJobs: Statement = {
  name: 'dispatch_unique_jobs',
  parameters: 11,
  clock: dispatchClock,
  text: (q) => `
with asked as materialized (
  select ${jobColumns}, to_timestamp(expires_ms / 1000) as expires_at, ${availableAt(q.now)} as available_at, unique_key
  from unnest(${jobArrays}, ${timeArrays}, $11::text[]) as asked (${jobColumns}, ${timeColumns}, unique_key)
),
held as (
  insert into ${q.unique_key} as held (key, job)
  select unique_key, id from asked where unique_key is not null order by unique_key
  on conflict (key) do update set job = held.job
  returning key, job
),
free as materialized (
  select asked.*
  from asked
  left join held on held.key = asked.unique_key
  where asked.unique_key is null or held.job = asked.id
),
stored as (
  insert into ${q.job} (${jobColumns}, created_at, available_at, expires_at, unique_key, unique_scope)
  select ${jobColumns}, ${q.now}, available_at, expires_at, unique_key, case when unique_key is not null then 2 end
  from free
),
${placed(q, 'free')}
select asked.id, held.job as holder
from asked
join held on held.key = asked.unique_key
where held.job <> asked.id`,
}

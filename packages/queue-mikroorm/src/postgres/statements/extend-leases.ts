import type { Statement } from '../statement.ts'

/**
 * By the exact ids that the worker knows it holds: a claim whose reply was lost must run out. Touches no indexed
 * column. A lease that does not come back is lost; jobs whose cancel was asked and that still run come with it.
 */
export const extendLeases: Statement = {
  name: 'extend_leases',
  parameters: 3,
  text: (q) => `
with seen as (
  update ${q.worker} set seen_at = ${q.now} where id = any ($3::int[])
)
update ${q.lease}
set until = ${q.now} + $2::float8 * interval '1 ms'
where id = any ($1::uuid[])
returning id, case when cancelled is not null then (
  select string_agg(distinct entry.job::text, ',')
  from unnest(jobs, epochs) as entry (job, epoch)
  left join lateral (
    select true as settled from ${q.outcome} o where o.job = entry.job and o.epoch = entry.epoch limit 1
  ) o on true
  where entry.job = any (cancelled) and o.settled is null
) end as cancelled`,
}

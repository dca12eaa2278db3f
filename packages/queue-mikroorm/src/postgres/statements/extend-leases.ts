import type { Statement } from '../statement.ts'

/**
 * By the exact ids that the worker knows it holds: a claim whose reply was lost must run out. Touches no indexed
 * column. A lease that does not come back is lost; jobs whose cancel was asked come with it.
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
returning id, array_to_string(cancelled, ',') as cancelled`,
}

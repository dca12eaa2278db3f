import type { Statement } from '../statement.ts'

/**
 * A lease goes when each of its entries has an outcome; nothing counts down. The worker names those it believes done,
 * the statement verifies it. Anything missed falls to the reaper, who finds nothing to move.
 */
export const sweepLeases: Statement = {
  name: 'sweep_leases',
  parameters: 1,
  text: (q) => `
delete from ${q.lease}
where id = any ($1::uuid[])
  and not exists (
    select
    from unnest(jobs, epochs) as entry (job, epoch)
    left join lateral (
      select true as settled from ${q.outcome} o where o.job = entry.job and o.epoch = entry.epoch limit 1
    ) o on true
    where entry.job is not null and o.settled is null
  )
returning id`,
}

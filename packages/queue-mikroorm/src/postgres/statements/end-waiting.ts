import type { SqlNames } from '../sql-names.ts'
import { freeKeys } from './after-outcome.ts'
import { liftWaiting } from './waiting-place.ts'

interface End {
  /** As `outcome` stores it. */
  readonly state: 2 | 3
  readonly reason: string
}

/** CTEs that end the jobs which wait, with an outcome at their next epoch; those that ended are `recorded`. */
export const endWaiting = (q: SqlNames, jobs: string, { state, reason }: End): string => `
${liftWaiting(q, jobs)},
recorded as (
  insert into ${q.outcome} (job, epoch, attempt, worker, state, final, ended_at, reason)
  select job, least(epoch, 2147483646) + 1, attempt, 0, ${state}, true, ${q.now}, ${reason} from waiting
  on conflict (job, epoch) do nothing
  returning job, epoch, state, final
),
${freeKeys(q)},
without_parents as (
  delete from ${q.dependency} where child = any (array(select job from from_blocked))
)`

/** A CTE of those of the jobs which run: a lease lists them at an epoch without an outcome. */
export const runningOf = (q: SqlNames, jobs: string): string => `
running as materialized (
  select l.id, entry.job
  from ${q.lease} l
  cross join lateral unnest(l.jobs, l.epochs) as entry (job, epoch)
  left join lateral (
    select true as settled from ${q.outcome} o where o.job = entry.job and o.epoch = entry.epoch limit 1
  ) o on true
  where l.jobs && ${jobs} and entry.job = any (${jobs}) and o.settled is null
)`

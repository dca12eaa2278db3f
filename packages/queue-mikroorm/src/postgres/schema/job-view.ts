import type { SqlNames } from '../sql-names.ts'
import { rowInReady, rowPlace } from '../statements/waiting-place.ts'

/** One row per job, with a state, for people and for the ORM: a state is where the job is found. */
export const jobView = (q: SqlNames): string => `
create view ${q.queue_job} as
select j.id, j.queue, j.type, p.state, p.label, j.priority, p.available_at, p.epoch, p.attempt, j.max_attempts,
  j.created_at, o.ended_at, o.reason, j.payload, o.result, o.error, j.options,
  nullif(j.line, '') as limiter, nullif(j.key, '') as key, j.batch
from ${q.job} j
left join lateral (select * from ${q.outcome} o where o.job = j.id order by epoch desc limit 1) o on true
left join lateral (
  select 'pending' as state, r.available_at, r.epoch, r.attempt,
    case when r.line = '' then 'ready' when r.line like '!%' then substr(r.line, 2) else 'limited' end as label
  from ${q.ready} r
  where ${rowInReady('r', { ...jobPlace, availableAt: rowPlace('j', 'o') })}
  union all
  select 'pending', l.available_at, l.epoch, l.attempt, case when l.attempt > 0 then 'retrying' else 'scheduled' end
  from ${q.later} l
  where l.available_at = ${rowPlace('j', 'o')} and l.job = j.id
  union all
  select 'blocked', b.available_at, b.epoch, b.attempt, 'blocked' from ${q.blocked} b where b.job = j.id
  union all
  select case o.state when 1 then 'finished' when 2 then 'failed' else 'cancelled' end, null, o.epoch, o.attempt, null
  where o.final
) w on true
cross join lateral (
  select coalesce(w.state, 'running') as state,
    coalesce(w.label, w.state, 'running') as label,
    w.available_at,
    coalesce(w.epoch, o.epoch + 1, 1) as epoch,
    coalesce(w.attempt, ${attemptOfRunning}) as attempt
) p`

const jobPlace = { queue: 'j.queue', line: 'j.line', key: 'j.key', type: 'j.type', priority: 'j.priority', job: 'j.id' }

/** From the last outcome: a reopened job and a new one begin at 1, only a retry goes on to the next number. */
const attemptOfRunning = `
      case when o.job is null or o.state <= 3 then 1 when o.state = 4 then o.attempt + 1 else o.attempt end`

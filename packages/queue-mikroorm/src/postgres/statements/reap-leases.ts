import type { Statement } from '../statement.ts'
import { decidedHere, freeKeys, goBack } from './after-outcome.ts'
import { attemptOf } from './attempt-of.ts'
import { waitingPlace } from './waiting-place.ts'

/**
 * Second sighting: takes away the leases that are unchanged since the first and still expired, whole, then moves only
 * the jobs that got their outcome here. A settlement that slipped in before has its outcome, and its job stays. The
 * attempt is given back; the crash budget is apart from it.
 */
export const reapLeases: Statement = {
  name: 'reap_leases',
  parameters: 2,
  text: (q) => `
with gone as (
  delete from ${q.lease} l
  using unnest($1::uuid[], $2::timestamptz[]) as seen (id, until)
  where l.id = any ($1::uuid[]) and l.id = seen.id and l.until = seen.until and l.until < ${q.now}
  returning l.worker, l.jobs, l.epochs, l.attempts, l.crashes, l.cancelled, l.cancel_reasons
),
open as materialized (
  select entry.job, entry.epoch, coalesce(entry.attempt, 0) as used_attempts,
    least(coalesce(entry.crashes, 0) + 1, 32767) as crashes, gone.worker,
    array_position(gone.cancelled, entry.job) as cancel, gone.cancel_reasons
  from gone
  cross join lateral unnest(gone.jobs, gone.epochs, gone.attempts, gone.crashes)
    as entry (job, epoch, attempt, crashes)
  left join lateral (
    select true as settled from ${q.outcome} o where o.job = entry.job and o.epoch = entry.epoch limit 1
  ) o on true
  where entry.job is not null and entry.epoch is not null and o.settled is null
),
judged as (
  select open.*, j.type, j.queue, j.max_attempts, j.place,
    case
      when cancel is not null then 3
      when crashes > coalesce(substring(j.options ->> 'maxCrashes' from '^\\d{1,9}$')::int, 3) then 2
      else 7
    end as state
  from open
  cross join lateral (
    select type, queue, max_attempts, options, ${waitingPlace(q, 'j')} as place from ${q.job} j where id = open.job limit 1
  ) j
),
decided as materialized (
  select *, state <= 3 as final, case when state = 7 then place end as back_at,
    case when cancel is null then 'crashed' else cancel_reasons[cancel] end as reason
  from judged
),
recorded as (
  insert into ${q.outcome} (job, epoch, attempt, worker, state, final, ended_at, available_at, reason)
  select job, epoch, ${attemptOf('used_attempts')}, worker, state, final, ${q.now}, back_at, reason
  from decided
  on conflict (job, epoch) do nothing
  returning job, epoch, state, final
),
${goBack(q)},
${freeKeys(q)}
select job, type, queue, epoch, used_attempts + 1 as attempt, max_attempts, crashes, state from ${decidedHere()} d where is_recorded`,
}

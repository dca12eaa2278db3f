import type { Tables } from '../tables.ts'

/**
 * One row per job with a state, for people and for the ORM. Each waiting place is one look-up by a whole key, since the
 * place follows from the job and its last outcome; what waits nowhere and has not ended runs.
 */
export function queueJobView(t: Tables): string {
  const place = `coalesce(o.available_at, j.available_at)`
  const at = (row: string) => `${row}.priority = j.priority and ${row}.available_at = ${place} and ${row}.job = j.id`
  return `
    create view ${t.queue_job} as
    select j.id, j.queue, j.type,
      case when o.final then case o.state when 1 then 'finished' when 2 then 'failed' else 'cancelled' end
        when coalesce(r.job, s.job, h.job, l.job) is not null then 'pending'
        when b.job is not null then 'blocked' else 'running' end as state,
      case when o.final then case o.state when 1 then 'finished' when 2 then 'failed' else 'cancelled' end
        when r.job is not null then case when r.line = '' then 'ready' else 'limited' end
        when s.job is not null then 'solo' when h.job is not null then 'held'
        when l.job is not null then case when l.attempt > 0 then 'retrying' else 'scheduled' end
        when b.job is not null then 'blocked' else 'running' end as label,
      j.priority,
      coalesce(r.available_at, s.available_at, h.available_at, l.available_at, b.available_at) as available_at,
      case when o.final then o.epoch
        else coalesce(r.epoch, s.epoch, h.epoch, l.epoch, b.epoch, o.epoch + 1, 1) end as epoch,
      case when o.final then o.attempt
        else coalesce(r.attempt, s.attempt, h.attempt, l.attempt, b.attempt,
          case when o.job is null or o.state <= 3 then 1 when o.state = 4 then o.attempt + 1 else o.attempt end)
        end as attempt,
      j.max_attempts, j.created_at, o.ended_at, o.reason, j.payload, o.result, o.error, j.options,
      nullif(j.line, '') as limiter, nullif(j.key, '') as key, j.batch
    from ${t.job} j
    left join ${t.outcome} o on o.job = j.id and o.epoch = (select max(epoch) from ${t.outcome} where job = j.id)
    left join ${t.ready} r on r.queue = j.queue and r.line = j.line and r.key = j.key and ${at('r')}
    left join ${t.ready} s on s.queue = j.queue and s.line = '!solo' and s.key = '' and ${at('s')}
    left join ${t.ready} h on h.queue = j.queue and h.line = '!held' and h.key = j.type and ${at('h')}
    left join ${t.later} l on l.available_at = ${place} and l.job = j.id
    left join ${t.blocked} b on b.job = j.id`
}

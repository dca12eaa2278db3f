import type { Session, Sql } from './session.ts'
import { eachEntry } from './statements/each-entry.ts'
import type { Tables } from './tables.ts'

export interface AuditFinding {
  readonly job: number | string
  readonly problem: string
}

/** Each returns what is wrong with the stored rows, in one snapshot, at any time; nothing when all is well. */
export const auditQueries: Readonly<Record<string, Sql<AuditFinding, []>>> = {
  /** A job is in exactly one place. */
  places: (t) => `
    with p as (select job, 'ready' as place from ${t.ready} union all select job, 'later' from ${t.later}
      union all select job, 'blocked' from ${t.blocked} union all select job, 'lease' from (${openEntries(t)})
      union all select job, 'final' from ${t.outcome} where final)
    select coalesce(j.id, p.job) as job,
      coalesce(group_concat(p.place, '+'), 'nowhere') || case when j.id is null then ' without job' else '' end as problem
    from ${t.job} j full join p on p.job = j.id group by 1 having count(p.place) <> 1 or j.id is null limit 20`,

  /** Epochs rise without gaps up to the place the job is in. */
  epochs: (t) => `
    with p as (select job, epoch from ${t.ready} union all select job, epoch from ${t.later}
      union all select job, epoch from ${t.blocked} union all select job, epoch - 1 from (${openEntries(t)}))
    select p.job, 'epoch ' || p.epoch || ' does not follow its outcomes' as problem from p
    where p.epoch <> coalesce((select max(epoch) from ${t.outcome} where job = p.job), 0)
    union all select job, 'a gap in its outcomes' from ${t.outcome} group by job having max(epoch) <> count(*) limit 20`,

  /** Waiting rows stand where cancel, find and the view look for them. */
  derived: (t) => `
    select r.job, 'not where it should stand' as problem
    from (select job, available_at, queue, priority, line, key from ${t.ready}
      union all select job, available_at, queue, priority, line, key from ${t.later}) r join ${t.job} j on j.id = r.job
    where r.available_at <> coalesce(
        (select o.available_at from ${t.outcome} o where o.job = j.id order by o.epoch desc limit 1), j.available_at)
      or r.queue <> j.queue or r.priority <> j.priority or not ((r.line = j.line and r.key = j.key)
        or (r.line = '!solo' and r.key = '') or (r.line = '!held' and r.key = j.type)) limit 20`,

  /** What crashed stands in the line of solo runs, and nothing else does. */
  solo: (t) => `
    select job, 'crashed and does not run alone' as problem from ${t.ready} where line = '' and crashes > 0
    union all select job, 'runs alone and never crashed' from ${t.ready} where line = '!solo' and crashes = 0 limit 20`,

  /** A unique key is held by the live job of that key, and every such job holds its own. */
  keys: (t) => `
    select k.job, 'key of an ended job' as problem from ${t.unique_key} k join ${t.job} j on j.id = k.job
    where j.unique_scope < 3 and exists (select 1 from ${t.outcome} o where o.job = k.job and o.final)
    union all select k.job, 'key without job' from ${t.unique_key} k
    where k.until is null and not exists (select 1 from ${t.job} j where j.id = k.job)
    union all select j.id, 'live job without its key' from ${t.job} j
    where j.unique_scope = 2 and not exists (select 1 from ${t.unique_key} k where k.key = j.unique_key and k.job = j.id)
      and not exists (select 1 from ${t.outcome} o where o.job = j.id and o.final) limit 20`,

  /** Nothing is left of a job that was removed. */
  remains: (t) => `
    select job, 'outcome without job' as problem from ${t.outcome} where job not in (select id from ${t.job})
    union all select job, 'progress without job' from ${t.progress} where job not in (select id from ${t.job})
    union all select job, 'log without job' from ${t.log_line} where job not in (select id from ${t.job}) limit 20`,
}

/** One sentence for each thing that is wrong. */
export function audit(session: Session): readonly string[] {
  return Object.entries(auditQueries).flatMap(([name, query]) =>
    session.all(query).map(({ job, problem }) => `${name}: job ${job}: ${problem}`),
  )
}

function openEntries({ lease, outcome }: Tables): string {
  return `
    select e.value ->> 0 as job, e.value ->> 1 as epoch from ${lease} l, ${eachEntry('l.entries')} e
    where e.type = 'array' and not exists (
      select 1 from ${outcome} o where o.job = e.value ->> 0 and o.epoch = e.value ->> 1)`
}

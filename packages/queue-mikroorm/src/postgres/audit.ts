import { sqlNames, type SqlNames } from './sql-names.ts'

/**
 * What must hold at any moment, as one statement per invariant that returns what is wrong: rows of `job` and `problem`,
 * none when all is well. Run them in one snapshot:
 * `begin isolation level repeatable read read only`.
 */
export function auditStatements(schema: string): Readonly<Record<string, string>> {
  const q = sqlNames(schema)
  return {
    'a job is in exactly one place': onePlace(q),
    'epochs rise without gaps': epochs(q),
    'a waiting row stands where it can be derived': derivedPlace(q),
    'a unique key is held by a living job of that key': keys(q),
    'a job that waits and expires is watched': expiring(q),
  }
}

/** Entries of leases that have no outcome yet: what runs. A removed job's entry is null. */
const open = (q: SqlNames) => `
  select entry.job, entry.epoch
  from ${q.lease} l
  cross join lateral unnest(l.jobs, l.epochs) as entry (job, epoch)
  where entry.job is not null
    and not exists (select from ${q.outcome} o where o.job = entry.job and o.epoch = entry.epoch)`

const onePlace = (q: SqlNames) => `
with place as (
  select job, 'ready' as place from ${q.ready}
  union all select job, 'later' from ${q.later}
  union all select job, 'blocked' from ${q.blocked}
  union all select job, 'lease' from (${open(q)}) o
  union all select job, 'final' from ${q.outcome} where final
)
select coalesce(j.id, place.job)::text as job,
  coalesce(string_agg(place.place, '+' order by place.place), 'nowhere') || case when j.id is null then ' without job' else '' end as problem
from ${q.job} j
full join place on place.job = j.id
group by j.id, place.job
having count(place.place) <> 1 or j.id is null
limit 20`

const epochs = (q: SqlNames) => `
with place as (
  select job, epoch from ${q.ready}
  union all select job, epoch from ${q.later}
  union all select job, epoch from ${q.blocked}
  union all select job, epoch - 1 from (${open(q)}) o
)
select place.job::text, 'epoch ' || place.epoch || ', last outcome ' || coalesce(o.epoch, 0) as problem
from place
left join lateral (select max(epoch) as epoch from ${q.outcome} where job = place.job) o on true
where place.epoch <> coalesce(o.epoch, 0)
union all
select job::text, 'a gap in its outcomes' from ${q.outcome} group by job having max(epoch) <> count(*)
limit 20`

const derivedPlace = (q: SqlNames) => `
select r.job::text, 'not where it should stand' as problem
from (
  select job, available_at, queue, priority, line, key from ${q.ready}
  union all
  select job, available_at, queue, priority, line, key from ${q.later}
) r
join ${q.job} j on j.id = r.job
left join lateral (select available_at from ${q.outcome} where job = j.id order by epoch desc limit 1) o on true
where r.available_at <> coalesce(o.available_at, j.available_at)
  or r.queue <> j.queue or r.priority <> j.priority
  or (r.line, r.key) not in ((j.line, j.key), ('!solo', ''), ('!held', j.type))
limit 20`

const keys = (q: SqlNames) => `
select k.job::text, 'holds a key though it ended' as problem
from ${q.unique_key} k
join ${q.job} j on j.id = k.job
where j.unique_scope < 3 and exists (select from ${q.outcome} o where o.job = k.job and o.final)
union all
select k.job::text, 'holds a key and does not exist'
from ${q.unique_key} k
left join ${q.job} j on j.id = k.job
where j.id is null and k.until is null
union all
select j.id::text, 'lives without its key'
from ${q.job} j
where j.unique_scope = 2
  and not exists (select from ${q.unique_key} k where k.key = j.unique_key and k.job = j.id)
  and not exists (select from ${q.outcome} o where o.job = j.id and o.final)
limit 20`

const expiring = (q: SqlNames) => `
select w.job::text, 'expires and nobody would notice' as problem
from (select job from ${q.ready} union all select job from ${q.later} union all select job from ${q.blocked}) w
join ${q.job} j on j.id = w.job
where j.expires_at is not null
  and not exists (select from ${q.expiry} e where e.expires_at = j.expires_at and e.job = j.id)
limit 20`

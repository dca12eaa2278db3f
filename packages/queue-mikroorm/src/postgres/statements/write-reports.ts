import type { Statement } from '../statement.ts'

/**
 * Progress and log lines of many claims. Fenced like a settlement, but for the lock: a report that meets the end of its
 * claim may be stored, it decides nothing. The last of several figures for a job wins; a line is stored once, however
 * often it is told.
 */
export const writeReports: Statement = {
  name: 'write_reports',
  parameters: 10,
  text: (q) => `
with told as materialized (
  select *
  from unnest($2::uuid[], $3::int[], $4::bigint[], $5::int[], $6::float8[]) with ordinality
    as told (lease, position, job, epoch, percent, place)
),
held as materialized (
  select told.place, told.job, told.epoch, told.percent
  from told
  join (select id, jobs, epochs from ${q.lease} where id = any ($1::uuid[])) l on l.id = told.lease
  left join lateral (
    select true as settled from ${q.outcome} o where o.job = told.job and o.epoch = told.epoch limit 1
  ) o on true
  where l.jobs[told.position] = told.job and l.epochs[told.position] = told.epoch and o.settled is null
),
progressed as (
  insert into ${q.progress} as old (job, epoch, at, percent)
  select distinct on (job) job, epoch, ${q.now}, percent
  from held
  where percent is not null
  order by job, place desc
  on conflict (job) do update
  set epoch = excluded.epoch, at = excluded.at, percent = excluded.percent
  where old.epoch <= excluded.epoch
)
insert into ${q.log_line} (job, epoch, line, at, level, message)
select held.job, held.epoch, said.line, ${q.now}, said.level, said.message
from unnest($7::int[], $8::int[], $9::smallint[], $10::text[]) as said (place, line, level, message)
join held on held.place = said.place
order by held.job, said.line
on conflict (job, epoch, line) do nothing`,
}

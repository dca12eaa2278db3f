import type { Statement } from '../statement.ts'

/**
 * `later` → `ready`, in order of time. Rows are deleted by ctid after `skip locked`, so two promoters share the work.
 * `$2` skips the dead rows of earlier promotions. Tells the first row that arrived in each queue, since claims that
 * look from a cursor on must not miss it, and how far it came.
 */
export const promoteJobs: Statement = {
  name: 'promote_jobs',
  parameters: 2,
  text: (q) => `
with due as (
  delete from ${q.later}
  where ctid = any (array(
    select ctid
    from ${q.later}
    where available_at >= $2::timestamptz and available_at <= ${q.now}
    order by available_at, job
    limit $1
    for update skip locked
  ))
  returning *
),
moved as (
  insert into ${q.ready} (queue, line, key, priority, available_at, job, epoch, attempt, crashes, type)
  select queue, case when crashes > 0 and line = '' then '!solo' else line end,
    key, priority, available_at, job, epoch, attempt, crashes, type
  from due
)
select distinct on (queue) queue, priority, available_at::text, job, max(available_at) over ()::text as reached
from due
order by queue, priority, available_at, job`,
}

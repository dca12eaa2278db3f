import type { Statement } from '../statement.ts'

/** Which of these jobs exist, and which of them have ended. */
export const whereabouts: Statement = {
  name: 'whereabouts',
  parameters: 1,
  text: (q) => `
select j.id, coalesce(o.final, false) as ended
from ${q.job} j
left join lateral (select final from ${q.outcome} where job = j.id order by epoch desc limit 1) o on true
where j.id = any ($1::bigint[])`,
}

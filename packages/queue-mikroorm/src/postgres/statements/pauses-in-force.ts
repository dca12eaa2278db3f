import type { Statement } from '../statement.ts'

export const pausesInForce: Statement = {
  name: 'pauses_in_force',
  parameters: 0,
  plannedEachTime: true,
  text: (q) => `
select kind, name, reason, (extract(epoch from at) * 1000)::bigint as since_ms,
  (extract(epoch from until) * 1000)::bigint as until_ms
from ${q.pause}
where until is null or until > ${q.now}
order by kind, name`,
}

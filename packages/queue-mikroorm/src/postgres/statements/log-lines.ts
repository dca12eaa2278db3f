import type { Statement } from '../statement.ts'

export const logLines: Statement = {
  name: 'log_lines',
  parameters: 3,
  plannedEachTime: true,
  text: (q) => `
select epoch, line, level, message, (extract(epoch from at) * 1000)::bigint as at_ms
from ${q.log_line}
where job = $1
order by epoch, line
offset $2
limit $3`,
}

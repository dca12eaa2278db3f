import type { Statement } from '../statement.ts'

/** Which of these ids are taken by exactly these jobs: was a dispatch whose reply was lost committed? */
export const storedUnderIds: Statement = {
  name: 'stored_under_ids',
  parameters: 4,
  plannedEachTime: true,
  text: (q) => `
select j.id, (j.queue = asked.queue and j.type = asked.type and j.payload::text = asked.payload) as same
from unnest($1::bigint[], $2::text[], $3::text[], $4::text[]) as asked (id, queue, type, payload)
cross join lateral (select * from ${q.job} where id = asked.id limit 1) j`,
}

/** Who holds these keys now. */
export const keyHolders: Statement = {
  name: 'key_holders',
  parameters: 1,
  plannedEachTime: true,
  text: (q) => `select key, job from ${q.unique_key} where key = any ($1::text[])`,
}

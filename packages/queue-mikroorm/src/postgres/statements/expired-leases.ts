import type { Statement } from '../statement.ts'

/** First sighting. Leases are few: one per claimed batch in hand. */
export const expiredLeases: Statement = {
  name: 'expired_leases',
  parameters: 1,
  text: (q) => `
select id, until::text as seen from ${q.lease} where until < ${q.now} order by until limit $1`,
}

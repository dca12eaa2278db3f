import type { Statement } from '../statement.ts'

/** Whether no transaction that settles jobs of this lease is under way; true when the lease is gone. */
export const unlockedLease: Statement = {
  name: 'unlocked_lease',
  parameters: 1,
  text: (q) => `
with free as materialized (
  select id from ${q.lease} where id = $1::uuid for update skip locked
)
select exists (select from free) or not exists (select from ${q.lease} where id = $1::uuid) as unlocked`,
}

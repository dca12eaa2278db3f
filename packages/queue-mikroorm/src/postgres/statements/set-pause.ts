import type { Statement } from '../statement.ts'

/** A pause that is in force goes on since it began; of one that ran out nothing is left. */
export const setPause: Statement = {
  name: 'set_pause',
  parameters: 4,
  text: (q) => `
insert into ${q.pause} as old (kind, name, reason, until, at)
values ($1, $2, $3, ${q.now} + $4::float8 * interval '1 ms', ${q.now})
on conflict (kind, name) do update
set reason = excluded.reason, until = excluded.until,
  at = case when old.until is null or old.until > ${q.now} then old.at else excluded.at end`,
}

import type { Sql } from '../session.ts'

/** A pause that is over began anew; one in force keeps its beginning. */
export const setPause: Sql<
  never,
  [kind: string, name: string, reason: string | null, until: number | null, at: number]
> = ({ pause }) => `
  insert into ${pause} (kind, name, reason, until, at) values (?, ?, ?, ?, ?)
  on conflict (kind, name) do update set reason = excluded.reason, until = excluded.until,
    at = case when until is null or until > excluded.at then at else excluded.at end`

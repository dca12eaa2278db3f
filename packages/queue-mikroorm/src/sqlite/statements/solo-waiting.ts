import type { Sql } from '../session.ts'

/** Whether a crashed job is due that must run alone. The line is short: what crashed is rare. */
export const soloWaiting: Sql<{ found: 1 }, [queue: string, now: number, types: string]> = ({ ready }) => `
  select 1 as found from ${ready}
  where queue = ? and line = '!solo' and key = '' and available_at <= ? and type in (select value from json_each(?))
  limit 1`

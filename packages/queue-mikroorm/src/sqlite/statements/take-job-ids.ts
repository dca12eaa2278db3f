import type { Sql } from '../session.ts'

/**
 * In the dispatch's own transaction, so no blocks of ids are needed. Never below what this process has given out
 * before: a rolled back dispatch takes its raise back, and an id must not come to mean another job. Nor below the last
 * job that is stored, should a hand have changed or removed the number.
 */
export const takeJobIds: Sql<{ last: number }, [givenOut: number, count: number, sameCount: number]> = ({
  setting,
  job,
}) => `
  insert into ${setting} (name, value) values ('job_id', max(?, coalesce((select max(id) from ${job}), 0)) + ?)
  on conflict (name) do update
    set value = max(excluded.value, case typeof(value) when 'integer' then value else 0 end + ?)
  returning value as last`

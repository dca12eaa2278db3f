import type { Sql } from '../session.ts'

/**
 * In the dispatch's own transaction, so no blocks of ids are needed. Never below what this process has given out
 * before: a rolled back dispatch takes its raise back, and an id must not come to mean another job.
 */
export const takeJobIds: Sql<{ last: number }, [givenOut: number, count: number]> = ({ setting }) => `
  update ${setting} set value = max(value, ?) + ? where name = 'job_id' returning value as last`

import type { Sql } from '../session.ts'

/** What a claim read under the same conditions is all of this range: one delete instead of one a job. */
export const deleteTakenRange: Sql<
  never,
  [
    queue: string,
    line: string,
    fromPriority: number,
    fromAvailableAt: number,
    fromJob: number,
    toPriority: number,
    toAvailableAt: number,
    toJob: number,
    now: number,
    types: string,
  ]
> = ({ ready }) => `
  delete from ${ready}
  where queue = ? and line = ? and key = ''
    and (priority, available_at, job) >= (?, ?, ?) and (priority, available_at, job) <= (?, ?, ?)
    and available_at <= ? and type in (select value from json_each(?))`

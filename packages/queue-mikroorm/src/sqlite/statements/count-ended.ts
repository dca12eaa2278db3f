import type { Sql } from '../session.ts'

export interface EndedCount {
  readonly queue: string
  readonly type: string
  readonly state: number
  readonly count: number
}

/** Counts one stretch of ids, so that a long history never blocks the event loop for long. */
export const countEnded: Sql<EndedCount, [after: number, upTo: number]> = ({ job, outcome }) => `
  select j.queue, j.type, o.state, count(*) as count
  from ${job} j cross join ${outcome} o on o.job = j.id and o.final
  where j.id > ? and j.id <= ? group by j.queue, j.type, o.state`

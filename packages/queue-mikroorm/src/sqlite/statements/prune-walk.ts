import type { Sql } from '../session.ts'

export interface PrunableJob {
  readonly id: number
  readonly type: string
  readonly state: number | null
  readonly endedAt: number | null
}

/** One step over the jobs in the order of their ids, with the end of those that have ended. */
export const pruneWalk: Sql<PrunableJob, [after: number, limit: number]> = ({ job, outcome }) => `
  select j.id, j.type, o.state, o.ended_at as endedAt
  from ${job} j left join ${outcome} o on o.job = j.id and o.final
  where j.id > ? order by j.id limit ?`

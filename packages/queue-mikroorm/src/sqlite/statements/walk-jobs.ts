import type { Sql } from '../session.ts'

export interface WalkedJob {
  readonly id: number
  readonly queue: string
  readonly type: string
  /** The state of its final outcome, if it has ended. */
  readonly ended: number | null
  readonly blocked: 0 | 1
}

/** A stretch of the jobs below an id, newest first, with what tells where each of them is. */
export const walkJobs: Sql<WalkedJob, [below: number, limit: number]> = ({ job, outcome, blocked }) => `
  select j.id, j.queue, j.type,
    (select o.state from ${outcome} o where o.job = j.id and o.final order by o.epoch desc limit 1) as ended,
    exists (select 1 from ${blocked} b where b.job = j.id) as blocked
  from ${job} j where j.id < ? order by j.id desc limit ?`

import type { Sql } from '../session.ts'

export interface DueJob {
  readonly priority: number
  readonly availableAt: number
  readonly job: number
  readonly epoch: number
  readonly attempt: number
  readonly crashes: number
  readonly type: string
  readonly payload: string
  readonly maxAttempts: number
  readonly expiresAt: number | null
  readonly options: string | null
  /** 1 when its end sets something free, so that the short way of settling is not enough. */
  readonly holds: 0 | 1
}

/** The head of one line, in the order of the primary key. `cross join` keeps the planner from starting at the jobs. */
export const dueJobs: Sql<DueJob, [queue: string, line: string, now: number, types: string, limit: number]> = ({
  ready,
  job,
}) => `
  select r.priority, r.available_at as availableAt, r.job, r.epoch, r.attempt, r.crashes, r.type, j.payload,
    j.max_attempts as maxAttempts, j.expires_at as expiresAt, j.options,
    j.unique_key is not null or j.batch is not null or j.parent or j.line <> '' as holds
  from ${ready} r cross join ${job} j on j.id = r.job
  where r.queue = ? and r.line = ? and r.key = '' and r.available_at <= ?
    and r.type in (select value from json_each(?))
  order by r.priority, r.available_at, r.job limit ?`

import type { Sql } from '../session.ts'

/** Puts a due job into its line. */
export const insertReady: Sql<
  never,
  [
    queue: string,
    line: string,
    key: string,
    priority: number,
    availableAt: number,
    job: number,
    epoch: number,
    attempt: number,
    crashes: number,
    type: string,
  ]
> = ({ ready }) => `
  insert into ${ready} (queue, line, key, priority, available_at, job, epoch, attempt, crashes, type)
  values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`

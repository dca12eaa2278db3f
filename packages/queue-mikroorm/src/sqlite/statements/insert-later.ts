import type { Sql } from '../session.ts'

/** Puts a job where it waits for its time. It keeps its own line; the promotion decides about solo runs. */
export const insertLater: Sql<
  never,
  [
    availableAt: number,
    job: number,
    queue: string,
    line: string,
    key: string,
    priority: number,
    epoch: number,
    attempt: number,
    crashes: number,
    type: string,
  ]
> = ({ later }) => `
  insert into ${later} (available_at, job, queue, line, key, priority, epoch, attempt, crashes, type)
  values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`

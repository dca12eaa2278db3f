import type { WaitingRow } from '../rows.ts'
import type { Sql } from '../session.ts'

/** By its whole key: a waiting row stands where the job and its last outcome say, so no index by job is needed. */
export const deleteReady: Sql<
  WaitingRow,
  [queue: string, line: string, key: string, priority: number, availableAt: number, job: number]
> = ({ ready }) => `
  delete from ${ready}
  where queue = ? and line = ? and key = ? and priority = ? and available_at = ? and job = ?
  returning epoch, attempt, crashes`

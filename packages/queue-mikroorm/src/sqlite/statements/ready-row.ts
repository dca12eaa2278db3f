import type { WaitingRow } from '../rows.ts'
import type { Sql } from '../session.ts'

/** Looks where a due job must stand. */
export const readyRow: Sql<
  WaitingRow,
  [queue: string, line: string, key: string, priority: number, availableAt: number, job: number]
> = ({ ready }) => `
  select epoch, attempt, crashes from ${ready}
  where queue = ? and line = ? and key = ? and priority = ? and available_at = ? and job = ?`

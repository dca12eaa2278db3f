import type { WaitingRow } from '../rows.ts'
import type { Sql } from '../session.ts'

/** Looks where a job that is not due must stand. */
export const laterRow: Sql<WaitingRow, [availableAt: number, job: number]> = ({ later }) => `
  select epoch, attempt, crashes from ${later} where available_at = ? and job = ?`

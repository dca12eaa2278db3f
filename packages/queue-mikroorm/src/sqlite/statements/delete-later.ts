import type { WaitingRow } from '../rows.ts'
import type { Sql } from '../session.ts'

/** By its whole key, as in the lines. */
export const deleteLater: Sql<WaitingRow, [availableAt: number, job: number]> = ({ later }) => `
  delete from ${later} where available_at = ? and job = ? returning epoch, attempt, crashes`

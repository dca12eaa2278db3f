import type { WaitingRow } from '../rows.ts'
import type { Sql } from '../session.ts'

/** A job that waits for others has not run yet, so it cannot have crashed. */
export const deleteBlocked: Sql<WaitingRow, [job: number]> = ({ blocked }) => `
  delete from ${blocked} where job = ? returning epoch, attempt, 0 as crashes`

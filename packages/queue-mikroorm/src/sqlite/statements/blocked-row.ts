import type { WaitingRow } from '../rows.ts'
import type { Sql } from '../session.ts'

export const blockedRow: Sql<WaitingRow, [job: number]> = ({ blocked }) => `
  select epoch, attempt, 0 as crashes from ${blocked} where job = ?`

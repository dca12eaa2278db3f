import type { OutcomeRow } from '../rows.ts'
import type { Sql } from '../session.ts'

export const lastOutcome: Sql<OutcomeRow, [job: number]> = ({ outcome }) => `
  select epoch, attempt, worker, claim, state, final, wait, duration, ended_at as endedAt, available_at as availableAt,
    reason, error, result
  from ${outcome} where job = ? order by epoch desc limit 1`

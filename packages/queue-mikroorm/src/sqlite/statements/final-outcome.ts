import type { Sql } from '../session.ts'

/** The end of a job, if it has ended: nothing follows a final outcome, so it is the last one. */
export const finalOutcome: Sql<{ epoch: number; state: number }, [job: number]> = ({ outcome }) => `
  select epoch, state from ${outcome} where job = ? and final order by epoch desc limit 1`

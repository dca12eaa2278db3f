import type { Sql } from '../session.ts'

/**
 * How often an ended job crashed since it was last reopened. A crash is an outcome of some worker's claim (its number
 * is not 0) that no claim wrote itself.
 */
export const crashesOfEnded: Sql<{ crashes: number }, [job: number, sameJob: number]> = ({ outcome }) => `
  select count(*) as crashes from ${outcome} where job = ? and claim is null and worker <> 0 and epoch > coalesce(
    (select max(epoch) from ${outcome} where job = ? and state <= 3 and not final), 0)`

import type { Sql } from '../session.ts'

/** Which claim wrote the outcome of this epoch, if one did: tells a repeated settlement from a lost one. */
export const outcomeClaim: Sql<{ claim: number | null }, [job: number, epoch: number]> = ({ outcome }) => `
  select claim from ${outcome} where job = ? and epoch = ?`

import type { Sql } from '../session.ts'

export const deleteOutcomes: Sql<never, [job: number]> = ({ outcome }) => `delete from ${outcome} where job = ?`

import type { Sql } from '../session.ts'

export const deleteSlot: Sql<never, [job: number]> = ({ slot }) => `delete from ${slot} where job = ?`

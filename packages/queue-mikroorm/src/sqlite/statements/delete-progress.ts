import type { Sql } from '../session.ts'

export const deleteProgress: Sql<never, [job: number]> = ({ progress }) => `delete from ${progress} where job = ?`

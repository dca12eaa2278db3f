import type { Sql } from '../session.ts'

export const deleteJob: Sql<never, [job: number]> = ({ job }) => `delete from ${job} where id = ?`

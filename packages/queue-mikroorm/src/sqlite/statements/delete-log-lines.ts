import type { Sql } from '../session.ts'

export const deleteLogLines: Sql<never, [job: number]> = ({ log_line }) => `delete from ${log_line} where job = ?`

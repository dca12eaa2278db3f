import type { Sql } from '../session.ts'

export interface LogLineRow {
  readonly epoch: number
  readonly line: number
  readonly at: number
  readonly level: number
  readonly message: string
}

export const logLines: Sql<LogLineRow, [job: number, limit: number, after: number]> = ({ log_line }) => `
  select epoch, line, at, level, message from ${log_line} where job = ? order by epoch, line limit ? offset ?`

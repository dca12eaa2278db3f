import type { Sql } from '../session.ts'

/** A report that is repeated after a lost reply writes nothing twice. */
export const insertLogLine: Sql<
  never,
  [job: number, epoch: number, line: number, at: number, level: number, message: string]
> = ({ log_line }) => `
  insert into ${log_line} (job, epoch, line, at, level, message) values (?, ?, ?, ?, ?, ?) on conflict do nothing`

import type { Sql } from '../session.ts'

export const setProgress: Sql<never, [job: number, epoch: number, at: number, percent: number]> = ({ progress }) => `
  insert into ${progress} (job, epoch, at, percent) values (?, ?, ?, ?)
  on conflict (job) do update set epoch = excluded.epoch, at = excluded.at, percent = excluded.percent`

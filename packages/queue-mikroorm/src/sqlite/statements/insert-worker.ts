import type { Sql } from '../session.ts'

/** Numbers begin at 1: 0 stands for decisions that no worker made. */
export const insertWorker: Sql<{ id: number }, [name: string, startedAt: number, seenAt: number]> = ({ worker }) => `
  insert into ${worker} (name, started_at, seen_at) values (?, ?, ?) returning id`

import type { Sql } from '../session.ts'

/** Numbers begin at 1: 0 stands for decisions that no worker made. */
export const insertWorker: Sql<{ id: number }, [name: string, now: number]> = ({ worker }) => `
  insert into ${worker} (name, started_at, seen_at) values (?1, ?2, ?2) returning id`

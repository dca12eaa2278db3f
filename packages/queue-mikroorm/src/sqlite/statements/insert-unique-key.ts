import type { Sql } from '../session.ts'

/** The key's row decides who holds it; the primary key is the last word. */
export const insertUniqueKey: Sql<never, [key: string, job: number]> = ({ unique_key }) => `
  insert into ${unique_key} (key, job) values (?, ?)`

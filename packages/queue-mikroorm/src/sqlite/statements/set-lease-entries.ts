import type { Sql } from '../session.ts'

/** Blanks entries of jobs that are removed; the others keep their positions. */
export const setLeaseEntries: Sql<never, [entries: string, id: string]> = ({ lease }) => `
  update ${lease} set entries = ? where id = ?`

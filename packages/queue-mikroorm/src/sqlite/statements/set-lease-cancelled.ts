import type { Sql } from '../session.ts'

/** The mark that overrides whatever the handlers of these jobs come to. */
export const setLeaseCancelled: Sql<never, [cancelled: string, id: string]> = ({ lease }) => `
  update ${lease} set cancelled = ? where id = ?`

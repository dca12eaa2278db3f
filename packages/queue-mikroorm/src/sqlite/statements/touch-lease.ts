import type { Sql } from '../session.ts'

/** Changes nothing but who has the write lock, if the lease stands: whoever could take it away has to wait. */
export const touchLease: Sql<never, [id: string]> = ({ lease }) => `
  update ${lease} set until = until where id = ?`

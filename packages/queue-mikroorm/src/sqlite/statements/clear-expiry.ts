import type { Sql } from '../session.ts'

export const clearExpiry: Sql<never, [job: number]> = ({ job }) => `
  update ${job} set expires_at = null where id = ?`

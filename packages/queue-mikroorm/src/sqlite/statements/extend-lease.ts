import type { Sql } from '../session.ts'

/** By its exact id: a claim whose reply was lost must be allowed to expire. */
export const extendLease: Sql<{ cancelled: string | null }, [until: number, id: string]> = ({ lease }) => `
  update ${lease} set until = ? where id = ? returning cancelled`

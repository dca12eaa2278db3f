import type { Sql } from '../session.ts'

/** Leases are few: one for each claim whose jobs still run. */
export const expiredLeases: Sql<{ id: string; until: number }, [now: number]> = ({ lease }) => `
  select id, until from ${lease} where until < ?`

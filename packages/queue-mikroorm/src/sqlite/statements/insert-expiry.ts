import type { Sql } from '../session.ts'

/** A job that goes back to waiting may be there still. */
export const insertExpiry: Sql<never, [expiresAt: number, job: number]> = ({ expiry }) => `
  insert into ${expiry} (expires_at, job) values (?, ?) on conflict do nothing`

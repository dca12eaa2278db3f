import type { Sql } from '../session.ts'

/** Everything a job can say. */
export const insertJob: Sql<
  never,
  [
    id: number,
    createdAt: number,
    availableAt: number,
    expiresAt: number | null,
    priority: number,
    maxAttempts: number,
    uniqueScope: number | null,
    queue: string,
    type: string,
    uniqueKey: string | null,
    payload: string,
    options: string | null,
  ]
> = ({ job }) => `
  insert into ${job} (id, created_at, available_at, expires_at, priority, max_attempts, unique_scope, queue, type,
    unique_key, payload, options)
  values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`

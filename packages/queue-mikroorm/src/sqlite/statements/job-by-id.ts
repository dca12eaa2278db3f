import type { JobRow } from '../rows.ts'
import type { Sql } from '../session.ts'

export const jobById: Sql<JobRow, [job: number]> = ({ job }) => `
  select id, created_at as createdAt, available_at as availableAt, expires_at as expiresAt, priority,
    max_attempts as maxAttempts, queue, type, line, key, payload, options
  from ${job} where id = ?`

import type { Sql } from '../session.ts'

/** The usual job, with no rare option: binding a value costs as much as storing it. */
export const insertPlainJob: Sql<
  never,
  [
    id: number,
    createdAt: number,
    availableAt: number,
    priority: number,
    maxAttempts: number,
    queue: string,
    type: string,
    payload: string,
  ]
> = ({ job }) => `
  insert into ${job} (id, created_at, available_at, priority, max_attempts, queue, type, payload)
  values (?, ?, ?, ?, ?, ?, ?, ?)`

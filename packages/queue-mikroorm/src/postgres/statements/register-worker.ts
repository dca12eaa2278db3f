import type { Statement } from '../statement.ts'

/** Leases and outcomes name their worker by a number of four bytes. */
export const registerWorker: Statement = {
  name: 'register_worker',
  parameters: 1,
  text: (q) => `insert into ${q.worker} (name, started_at, seen_at) values ($1, ${q.now}, ${q.now}) returning id`,
}

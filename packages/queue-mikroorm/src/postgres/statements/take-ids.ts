import type { Statement } from '../statement.ts'

/**
 * Takes blocks of 1,000 ids. Runs where the dispatch that needs them runs, so that a pool of one connection does not
 * wait for itself; a sequence does not roll back, and the commit that uses an id flushes the sequence's record first.
 */
export const takeIds: Statement = {
  name: 'take_ids',
  parameters: 1,
  text: (q) => `select nextval('${q.job_id}'::regclass) as first from generate_series(1, $1::int)`,
}

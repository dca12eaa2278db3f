/** For an error about a table or a column that is not there. */
export const tablesDoNotFit =
  'The tables of the queue are missing or older than this release: call `await queue.migrate()` before the first use.'

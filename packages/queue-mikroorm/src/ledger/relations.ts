/** The tables of the ledger and its view, by the names that both databases know them under. */
export const relations = [
  'job',
  'ready',
  'later',
  'blocked',
  'lease',
  'outcome',
  'unique_key',
  'limiter',
  'slot',
  'pace',
  'dependency',
  'batch',
  'expiry',
  'pause',
  'schedule',
  'tick',
  'worker',
  'statistic',
  'progress',
  'log_line',
  'audit',
  'setting',
  'migration',
  'queue_job',
] as const
export type Relation = (typeof relations)[number]

/** Those that hold jobs and what belongs to them: all but the record of versions and the view. */
export const dataTables = relations.filter((name) => name !== 'migration' && name !== 'queue_job')

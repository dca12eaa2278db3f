export const tableNames = [
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

/** Every table and the view, by what they are called without the prefix. */
export type Tables = Readonly<Record<(typeof tableNames)[number], string>>

export function tablesOf(prefix: string): Tables {
  return Object.fromEntries(tableNames.map((name) => [name, prefix + name])) as Tables
}

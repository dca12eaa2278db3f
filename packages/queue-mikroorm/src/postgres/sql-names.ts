export const relations = [
  'job',
  'job_id',
  'ready',
  'later',
  'blocked',
  'lease',
  'outcome',
  'unique_key',
  'queue_job',
  'migration',
  'limiter',
  'slot',
  'pace',
  'dependency',
  'batch',
  'expiry',
  'pause',
  'schedule',
  'tick',
  'setting',
  'worker',
  'statistic',
  'progress',
  'log_line',
  'audit',
] as const
type Relation = (typeof relations)[number]

/** What the text of a statement is made from: qualified, quoted names (`search_path` is the application's). */
export type SqlNames = Readonly<Record<Relation, string>> & {
  readonly schema: string
  /** The present moment: the database's clock or, in tests, a parameter. */
  readonly now: string
}

export function sqlNames(schema: string, now = 'now()'): SqlNames {
  const quoted = `"${schema.replaceAll('"', '""')}"`
  const names = Object.fromEntries(relations.map((name) => [name, `${quoted}.${name}`])) as Record<Relation, string>
  return { ...names, schema: quoted, now }
}

import { relations, type Relation } from '../ledger/relations.ts'

/** Ids come from a sequence here. */
const names = [...relations, 'job_id'] as const
type Name = Relation | 'job_id'

/** What the text of a statement is made from: qualified, quoted names (`search_path` is the application's). */
export type SqlNames = Readonly<Record<Name, string>> & {
  readonly schema: string
  /** The present moment: the database's clock or, in tests, a parameter. */
  readonly now: string
}

export function sqlNames(schema: string, now = 'now()'): SqlNames {
  const quoted = `"${schema.replaceAll('"', '""')}"`
  const qualified = Object.fromEntries(names.map((name) => [name, `${quoted}.${name}`])) as Record<Name, string>
  return { ...qualified, schema: quoted, now }
}

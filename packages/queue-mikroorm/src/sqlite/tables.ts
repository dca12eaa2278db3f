import { relations, type Relation } from '../ledger/relations.ts'

/** Every table and the view, by what they are called without the prefix. */
export type Tables = Readonly<Record<Relation, string>>

export function tablesOf(prefix: string): Tables {
  return Object.fromEntries(relations.map((name) => [name, prefix + name])) as Tables
}

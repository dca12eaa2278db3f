import type { MigrationRange } from '../../migration-range.ts'
import { dataTables } from '../../ledger/relations.ts'
import type { SqlNames } from '../sql-names.ts'
import { version1 } from './version-1.ts'

interface SchemaVersion {
  /** The oldest version whose code may still use the tables: older processes run on while a new one is rolled out. */
  readonly compatibleSince: number
  up(q: SqlNames): readonly string[]
  down(q: SqlNames): readonly string[]
}

/** What each version changes, oldest first. A released version never changes. */
const versions: readonly SchemaVersion[] = [{ compatibleSince: 1, up: version1, down: dropEverything }]

export const newestVersion = versions.length

/** Everything there is to run, the queue's own record of it included. */
export function upStatements(q: SqlNames, { from, to }: MigrationRange): readonly string[] {
  return [
    ...(from === 0 ? versionTable(q) : []),
    ...versions
      .slice(from, to)
      .flatMap(({ up, compatibleSince }, index) => [
        ...up(q),
        `insert into ${q.migration} (version, compatible_since) values (${from + index + 1}, ${compatibleSince})`,
      ]),
  ]
}

/** Newest first. */
export function downStatements(q: SqlNames, { from, to }: MigrationRange): readonly string[] {
  const undone = versions
    .slice(to, from)
    .map(({ down }, index) => [...down(q), `delete from ${q.migration} where version = ${to + index + 1}`])
  return [...undone.reverse().flat(), ...(to === 0 ? [`drop table ${q.migration}`, `drop schema ${q.schema}`] : [])]
}

function versionTable(q: SqlNames): readonly string[] {
  return [
    `create schema if not exists ${q.schema}`,
    `
create table ${q.migration} (
  version int primary key,
  compatible_since int not null,
  applied_at timestamptz not null default now()
)`,
  ]
}

/** By name and without `cascade`: what the application made on top of these is not dropped in silence. */
function dropEverything(q: SqlNames): readonly string[] {
  return [`drop view ${q.queue_job}`, ...dataTables.map((name) => `drop table ${q[name]}`), `drop sequence ${q.job_id}`]
}

import type { MigrationRange } from '../../migration-range.ts'
import { dataTables } from '../../ledger/relations.ts'
import type { Tables } from '../tables.ts'
import { featureTables } from './feature-tables.ts'
import { ledgerTables } from './ledger-tables.ts'
import { queueJobView } from './queue-job-view.ts'

interface SchemaVersion {
  /** The oldest version whose code may still use the tables: older processes run on while a new one is rolled out. */
  readonly compatibleSince: number
  up(tables: Tables): readonly string[]
  down(tables: Tables): readonly string[]
}

/** What each version changes, oldest first. A released version never changes. */
const versions: readonly SchemaVersion[] = [
  {
    compatibleSince: 1,
    up: (tables) => [...ledgerTables(tables), ...featureTables(tables), queueJobView(tables)],
    down: dropEverything,
  },
]

export const newestVersion = versions.length

/** Everything there is to run, the queue's own record of it included. */
export function upStatements(t: Tables, { from, to }: MigrationRange): readonly string[] {
  return [
    ...(from === 0 ? [versionTable(t)] : []),
    ...versions
      .slice(from, to)
      .flatMap(({ up, compatibleSince }, index) => [...up(t), recordVersion(t, from + index + 1, compatibleSince)]),
  ]
}

/** Newest first. */
export function downStatements(t: Tables, { from, to }: MigrationRange): readonly string[] {
  const undone = versions
    .slice(to, from)
    .map(({ down }, index) => [...down(t), `delete from ${t.migration} where version = ${to + index + 1}`])
  return [...undone.reverse().flat(), ...(to === 0 ? [`drop table ${t.migration}`] : [])]
}

function versionTable({ migration }: Tables): string {
  return `
create table ${migration} (version integer primary key, compatible_since integer not null, applied_at integer not null)`
}

/** Whoever runs this has no parameters to bind. */
function recordVersion({ migration }: Tables, version: number, compatibleSince: number): string {
  const now = `cast((julianday('now') - 2440587.5) * 86400000 as integer)`
  return `
insert into ${migration} (version, compatible_since, applied_at) values (${version}, ${compatibleSince}, ${now})`
}

function dropEverything(t: Tables): readonly string[] {
  return [`drop view ${t.queue_job}`, ...dataTables.map((name) => `drop table ${t[name]}`)]
}

import { SchemaError } from '@goplate/queue-core'
import type { Session } from '../session.ts'
import { migrationTable, recordMigration, schemaVersion, versionTable } from './migration-table.ts'
import { schemaVersions } from './versions.ts'

/**
 * To be called under the write lock: of many processes that start at once the first one migrates, and the others find
 * it done.
 *
 * @throws SchemaError when a newer version of this library was here
 */
export function migrate(session: Session, now: number): { from: number; to: number } {
  session.native.exec(migrationTable(session.tables))
  const from = versionOf(session)
  for (const [index, statements] of schemaVersions.entries()) {
    if (index < from) continue
    for (const statement of statements(session.tables)) session.native.exec(statement)
    session.run(recordMigration, index + 1, now)
  }
  return { from, to: schemaVersions.length }
}

/** @throws SchemaError when a newer version of this library was here */
export function checkSchema(session: Session): { current: number; wanted: number } {
  const exists = session.get(versionTable, session.tables.migration) !== undefined
  return { current: exists ? versionOf(session) : 0, wanted: schemaVersions.length }
}

function versionOf(session: Session): number {
  const { version } = session.get(schemaVersion)!
  if (version <= schemaVersions.length) return version
  throw new SchemaError(
    `The queue's schema is of version ${version}, newer than the ${schemaVersions.length} of this release. ` +
      'Install the release that migrated it, or a newer one.',
  )
}

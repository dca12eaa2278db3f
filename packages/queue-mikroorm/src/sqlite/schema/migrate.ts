import { SchemaError } from '@goplate/queue-core'
import type { Session } from '../session.ts'
import { installedVersion, versionTable } from './installed-version.ts'
import { newestVersion, upStatements } from './versions.ts'

/**
 * To be called under the write lock: of many processes that start at once the first one migrates, and the others find
 * it done.
 *
 * @throws SchemaError when a newer version of this library was here
 */
export function migrate(session: Session): { from: number; to: number } {
  const range = { from: versionOf(session), to: newestVersion }
  if (range.from < range.to) {
    for (const statement of upStatements(session.tables, range)) session.native.exec(statement)
  }
  return range
}

/** @throws SchemaError when a newer version of this library was here */
export function checkSchema(session: Session): { current: number; wanted: number } {
  return { current: versionOf(session), wanted: newestVersion }
}

function versionOf(session: Session): number {
  const { migration } = session.tables
  const version = session.get(versionTable, migration) === undefined ? 0 : session.get(installedVersion)!.version
  if (version <= newestVersion) return version
  throw new SchemaError(
    `The queue's schema is of version ${version}, newer than the ${newestVersion} of this release. ` +
      'Install the release that migrated it, or a newer one.',
  )
}

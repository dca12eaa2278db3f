import type { MigrationRange } from '../../migration-range.ts'
import { ensureCompatible, wayFrom } from '../../schema-compatibility.ts'
import type { Session } from '../session.ts'
import { installedSchema } from './installed-schema.ts'
import { newestVersion, upStatements } from './versions.ts'

/**
 * To be called under the write lock: of many processes that start at once the first one migrates, and the others find
 * it done.
 *
 * @throws SchemaError when this release may not use the tables of a newer one
 */
export function migrate(session: Session): MigrationRange {
  const range = wayFrom(installedSchema(session), newestVersion)
  if (range.from < range.to) {
    for (const statement of upStatements(session.tables, range)) session.native.exec(statement)
  }
  return range
}

/** @throws SchemaError when this release may not use the tables of a newer one */
export function checkSchema(session: Session): { current: number; wanted: number } {
  return { current: ensureUsable(session).version, wanted: newestVersion }
}

/** @throws SchemaError when this release may not use the tables of a newer one */
export function ensureUsable(session: Session): { readonly version: number } {
  const installed = installedSchema(session)
  ensureCompatible(installed, newestVersion)
  return installed
}

import { SchemaError } from '@goplate/queue-core'
import type { MigrationRange } from './migration-range.ts'

/** What the table of versions says; zeros where it is not there. */
export interface InstalledSchema {
  readonly version: number
  /** The oldest version of the code that may use the tables as they are. */
  readonly compatibleSince: number
}

export const nothingInstalled: InstalledSchema = { version: 0, compatibleSince: 0 }

/**
 * During a deploy old processes run on tables that new ones have migrated. A release that old code can live with says
 * so, and is not refused.
 *
 * @throws SchemaError when this release may not use the tables
 */
export function ensureCompatible({ version, compatibleSince }: InstalledSchema, known: number): void {
  if (compatibleSince <= known) return
  throw new SchemaError(
    `The queue's tables have version ${version} and take code of version ${compatibleSince} or newer; this process ` +
      `knows version ${known}. Update @goplate/queue-mikroorm in this process.`,
  )
}

/** @throws SchemaError when this release may not use the tables */
export function wayFrom(installed: InstalledSchema, newest: number): MigrationRange {
  ensureCompatible(installed, newest)
  return { from: installed.version, to: Math.max(installed.version, newest) }
}

/** For an error about a table or a column that is not there. */
export const tablesDoNotFit =
  'The tables of the queue are missing or older than this release: call `await queue.migrate()` before the first use.'

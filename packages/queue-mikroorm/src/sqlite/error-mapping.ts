import { QueueError, SchemaError, StorageError, type StorageErrorKind } from '@goplate/queue-core'
import { tablesDoNotFit } from '../schema-compatibility.ts'

/** In order: the first code that the error's own code begins with. Extended codes follow their primary one. */
const kinds: readonly (readonly [prefix: string, kind: StorageErrorKind])[] = [
  ['SQLITE_BUSY', 'conflict'],
  ['SQLITE_LOCKED', 'conflict'],
  ['SQLITE_SCHEMA', 'conflict'],
  ['SQLITE_INTERRUPT', 'conflict'],
  ['SQLITE_FULL', 'capacity'],
  ['SQLITE_NOMEM', 'capacity'],
  ['SQLITE_CORRUPT', 'corrupt'],
  ['SQLITE_NOTADB', 'corrupt'],
  ['SQLITE_IOERR_CORRUPTFS', 'corrupt'],
  ['SQLITE_IOERR', 'connection'],
  ['SQLITE_CANTOPEN', 'connection'],
  ['SQLITE_CONSTRAINT', 'refused'],
  ['SQLITE_TOOBIG', 'refused'],
  ['SQLITE_MISMATCH', 'refused'],
  ['SQLITE_RANGE', 'refused'],
]

const remedies: Partial<Record<StorageErrorKind, string>> = {
  conflict: 'Another connection is writing.',
  capacity: 'The disk, the page limit or the memory is exhausted.',
  corrupt: 'The database file is damaged. Stop, and restore it; nothing is repaired by itself.',
}

/** By the error's code, never by its class: the application may have another copy of the database's library. */
export function storageErrorOf(error: unknown): unknown {
  if (QueueError.isInstance(error)) return error
  if (isOfSchema(error)) return new SchemaError(`SQLite: ${messageOf(error)}. ${tablesDoNotFit}`, { cause: error })
  const kind = kindOf(error)
  if (kind === undefined) return error
  const remedy = remedies[kind]
  const text = `SQLite: ${messageOf(error)}.${remedy === undefined ? '' : ` ${remedy}`}`
  return new StorageError(kind, text, { cause: error })
}

export function isBusy(error: unknown): boolean {
  const code = codeOf(error)
  return code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')
}

/** The transaction read before another connection committed. Waiting does not help: only starting over does. */
export function isStaleSnapshot(error: unknown): boolean {
  return codeOf(error) === 'SQLITE_BUSY_SNAPSHOT'
}

function kindOf(error: unknown): StorageErrorKind | undefined {
  const code = codeOf(error)
  const known = kinds.find(([prefix]) => code.startsWith(prefix))
  if (known !== undefined) return known[1]
  const message = messageOf(error)
  if (/database connection is not open/.test(message)) return 'connection'
  return code.startsWith('SQLITE_') ? 'other' : undefined
}

/** SQLite has no code of its own for what is not there. */
function isOfSchema(error: unknown): boolean {
  return codeOf(error) === 'SQLITE_ERROR' && /no such (table|column)|has no column named/.test(messageOf(error))
}

function codeOf(error: unknown): string {
  const code = typeof error === 'object' && error !== null ? (error as { code?: unknown }).code : undefined
  return typeof code === 'string' ? code : ''
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

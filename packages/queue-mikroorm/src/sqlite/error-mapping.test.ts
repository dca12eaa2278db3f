import { SchemaError, StorageError } from '@goplate/queue-core'
import { describe, expect, it } from 'vitest'
import { isBusy, isStaleSnapshot, storageErrorOf } from './error-mapping.ts'

function sqliteError(code: string, message = code): Error {
  return Object.assign(new Error(message), { code })
}

describe('errors of SQLite', () => {
  it.each([
    ['SQLITE_BUSY', 'conflict'],
    ['SQLITE_BUSY_SNAPSHOT', 'conflict'],
    ['SQLITE_LOCKED_SHAREDCACHE', 'conflict'],
    ['SQLITE_FULL', 'capacity'],
    ['SQLITE_NOMEM', 'capacity'],
    ['SQLITE_CORRUPT_INDEX', 'corrupt'],
    ['SQLITE_NOTADB', 'corrupt'],
    ['SQLITE_IOERR_CORRUPTFS', 'corrupt'],
    ['SQLITE_IOERR_FSYNC', 'connection'],
    ['SQLITE_CANTOPEN', 'connection'],
    ['SQLITE_CONSTRAINT_CHECK', 'refused'],
    ['SQLITE_TOOBIG', 'refused'],
    ['SQLITE_READONLY', 'other'],
  ])('%s is %s', (code, kind) => {
    const cause = sqliteError(code)
    const error = storageErrorOf(cause)
    expect(error).toBeInstanceOf(StorageError)
    expect(error).toMatchObject({ kind, cause })
  })

  it.each(['no such table: x', 'no such column: y', 'table x has no column named y'])(
    '%s: the tables do not fit',
    (words) => {
      const cause = sqliteError('SQLITE_ERROR', words)
      const error = storageErrorOf(cause)
      expect(error).toBeInstanceOf(SchemaError)
      expect(error).toMatchObject({ cause, message: expect.stringContaining('queue.migrate()') })
    },
  )

  it('knows a closed handle by its words', () => {
    expect(storageErrorOf(sqliteError('SQLITE_ERROR', 'near "x": syntax error'))).toMatchObject({ kind: 'other' })
    expect(storageErrorOf(new TypeError('The database connection is not open'))).toMatchObject({ kind: 'connection' })
  })

  it('leaves everything else as it is', () => {
    const own = new SchemaError('newer')
    for (const error of [own, new Error('a bug'), undefined, null, 'text', { code: 5 }]) {
      expect(storageErrorOf(error)).toBe(error)
    }
  })

  it('tells waiting from starting over', () => {
    expect(isBusy(sqliteError('SQLITE_BUSY'))).toBe(true)
    expect(isBusy(sqliteError('SQLITE_FULL'))).toBe(false)
    expect(isStaleSnapshot(sqliteError('SQLITE_BUSY_SNAPSHOT'))).toBe(true)
    expect(isStaleSnapshot(sqliteError('SQLITE_BUSY'))).toBe(false)
  })
})

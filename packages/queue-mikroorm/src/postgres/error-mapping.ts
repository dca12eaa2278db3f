import { QueueError, SchemaError, StorageError, TransactionError, type StorageErrorKind } from '@goplate/queue-core'
import { tablesDoNotFit } from '../schema-compatibility.ts'

/** What the driver throws, with what its own clients must know. */
export type MappedError = QueueError & { readonly breaksConnection?: boolean }

/**
 * Any error of the database, the network or `pg` as a `QueueError`. Looks at codes, never at translated messages, but
 * for the errors of `pg` itself, which have none.
 */
export function storageErrorOf(thrown: unknown): MappedError {
  if (QueueError.isInstance(thrown)) return thrown
  const { code, message } = factsOf(thrown)
  if (code === '25P02') {
    return new TransactionError(
      'An earlier statement of this transaction failed and was ignored; nothing of the transaction will be stored. ' +
        'Let the error roll the transaction back, or run what may fail in a nested em.transactional().',
      { cause: thrown },
    )
  }
  if (schemaCodes.test(code)) return new SchemaError(`PostgreSQL: ${message}. ${tablesDoNotFit}`, { cause: thrown })
  const kind = kindOf(code, message)
  const error = new StorageError(kind, `PostgreSQL: ${message}${hintOf(code)}`, { cause: thrown })
  const breaksConnection = kind === 'connection' || isStalePlan(code, message)
  return Object.defineProperty(error, 'breaksConnection', { value: breaksConnection })
}

/** Ids are made by the client: under which of them is there a job already? */
export function isTakenId(error: unknown): boolean {
  const { code, constraint } = factsOf(QueueError.isInstance(error) ? error.cause : error)
  return code === '23505' && constraint === 'job_pkey'
}

export function isConnectionError(error: unknown): boolean {
  return StorageError.isInstance(error) && error.kind === 'connection'
}

interface ErrorFacts {
  readonly code: string
  readonly message: string
  readonly constraint: string
}

/** Anything can be thrown, also what throws when it is looked at. */
function factsOf(thrown: unknown): ErrorFacts {
  try {
    const { code, message, constraint } = thrown as Record<string, unknown>
    return { code: textOf(code), message: textOf(message) || textOf(thrown), constraint: textOf(constraint) }
  } catch {
    return { code: '', message: 'an unknown error', constraint: '' }
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** A table, column, function, type or schema that is not there. */
const schemaCodes = /^(42P01|42703|42883|42704|3F000)$/

const kinds: readonly (readonly [StorageErrorKind, RegExp])[] = [
  // 08P01 is what a NUL byte in a text comes out as: a class 08 code that no new connection will cure.
  ['refused', /^(08P01|22...|21000|23502|23514|54000|42804)$/],
  ['conflict', /^(40001|40P01|55P03|57014)$/],
  // 25006: the server became a standby; the name has to be resolved again.
  [
    'connection',
    /^(08...|57P0[1-5]|25P03|25P04|25006|ECONN\w+|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH)$/,
  ],
  ['capacity', /^53...$/],
  ['corrupt', /^XX00[12]$/],
]

function kindOf(code: string, message: string): StorageErrorKind {
  if (isStalePlan(code, message)) return 'conflict'
  const found = kinds.find(([, codes]) => codes.test(code))
  if (found !== undefined) return found[0]
  return code === '' && connectionMessages.test(message) ? 'connection' : 'other'
}

const connectionMessages =
  /connection terminated|query read timeout|not queryable|timeout exceeded when trying to connect|timeout expired|socket hang up/i

/** A table changed under a prepared statement: on a new connection the same statement works. */
function isStalePlan(code: string, message: string): boolean {
  return code === '0A000' && message.includes('cached plan')
}

function hintOf(code: string): string {
  if (code === '26000') return '. Behind a transaction pooler use `postgresDriver(orm, { prepare: false })`.'
  return ''
}

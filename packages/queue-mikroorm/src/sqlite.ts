import { InvalidOptionError, type StorageDriver } from '@goplate/queue-core'
import type { MikroORM } from '@mikro-orm/core'
import type { MikroOrmCaller } from './entity-manager.ts'
import { installationOf } from './extension.ts'
import { SqliteConnection } from './sqlite/connection.ts'
import { SqliteDriver } from './sqlite/sqlite-driver.ts'
import { tablesOf } from './sqlite/tables.ts'

export type { MikroOrmCaller } from './entity-manager.ts'
export { queueMigration, type QueueMigrationOptions } from './sqlite/queue-migration.ts'

/** What one timer of the platform can wait; asked for more, it fires at once. */
const longestTimerMs = 2 ** 31 - 1

export interface SqliteDriverOptions {
  /**
   * How long a call waits for the ORM's connection and for other processes before it fails as a `StorageError` of kind
   * `conflict`; in milliseconds, 15,000 by default. Waiting never blocks the event loop for more than 20 ms at a time.
   */
  readonly deadlineMs?: number
  /**
   * `full` (default): a dispatch that was confirmed survives a power failure; this holds for everything the ORM
   * commits. `unchanged`: as the application set `pragma synchronous`, which in a write-ahead log is `normal` by default:
   * faster, and a power failure may take the last commits back.
   */
  readonly synchronous?: 'full' | 'unchanged'
  /**
   * Looks for jobs that other processes commit to the same file: every 25 ms while something happens, every 250 ms
   * after ten idle seconds, and only while a worker runs. `false`: they are found by the worker's own poll, each second. Default true; a database in memory has no other processes.
   */
  readonly watchOtherProcesses?: boolean
}

/**
 * Jobs in the application's own SQLite database, through its own MikroORM (which needs `queueExtension()`).
 *
 * There is one connection and one writer: a transaction that the application holds open across awaits stops every
 * other use of that ORM, the queue's included. Held for longer than a lease, it costs the running handlers theirs.
 *
 * The application's `busy_timeout` is read once, when the queue first uses the connection, and put back after each use:
 * set it before, in the ORM's configuration.
 *
 * @example const queue = new Queue({ driver: sqliteDriver(orm), jobs: [sendEmail] })
 */
export function sqliteDriver(orm: MikroORM, options: SqliteDriverOptions = {}): StorageDriver<MikroOrmCaller> {
  const { prefix, commitWake, stagedJobs } = installationOf(orm)
  const { deadlineMs = 15_000, synchronous = 'full', watchOtherProcesses: watch = true } = options
  if (!Number.isInteger(deadlineMs) || deadlineMs < 1 || deadlineMs > longestTimerMs)
    throw new InvalidOptionError('deadlineMs', `must be a whole number of milliseconds from 1 to ${longestTimerMs}.`)
  if (synchronous !== 'full' && synchronous !== 'unchanged')
    throw new InvalidOptionError('synchronous', "must be 'full' or 'unchanged'.")
  const connection = new SqliteConnection({ orm, tables: tablesOf(prefix), deadlineMs, synchronous })
  return new SqliteDriver({ orm, connection, commitWake, stagedJobs, watch })
}

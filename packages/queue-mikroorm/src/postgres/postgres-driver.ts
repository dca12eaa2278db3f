import { InvalidOptionError, noCapabilities, type StorageDriver } from '@goplate/queue-core'
import type { MikroORM } from '@mikro-orm/core'
import { performance } from 'node:perf_hooks'
import { resolveTransaction, type MikroOrmCaller } from '../entity-manager.ts'
import { installationOf } from '../extension.ts'
import { runInScope } from '../handler-scope.ts'
import { cancel, retry } from './cancel-and-retry.ts'
import { ClaimCursors } from './claim-cursors.ts'
import { claim } from './claim.ts'
import { complete } from './complete.ts'
import { Connections } from './connections.ts'
import { count } from './count-jobs.ts'
import { Dispatcher } from './dispatch.ts'
import { DueAlarm } from './due-alarm.ts'
import { postgresExpiry } from './expiry.ts'
import { prune, remove } from './forget-jobs.ts'
import { IdBlocks } from './id-blocks.ts'
import { LeaseSweeper } from './lease-sweeper.ts'
import { extend, reap } from './leases.ts'
import { postgresMigrations } from './migrations.ts'
import { postgresPausing } from './pausing.ts'
import { find, list } from './read-jobs.ts'
import { postgresReports } from './reports.ts'
import { settle } from './settle.ts'
import { StatementTexts } from './statement.ts'
import { postgresWakeups } from './wakeups.ts'
import { WorkerIds } from './worker-ids.ts'

/** What one timer of the platform can wait, and the server too; asked for more, the timer fires at once. */
const longestTimerMs = 2 ** 31 - 1

export interface PostgresDriverOptions {
  /**
   * Whether connections keep named prepared statements and settings of the driver. `false` behind a pooler that changes
   * connections between transactions (PgBouncer in transaction mode), and nothing else need be said there: nothing is
   * left on a connection then, `notify` is off too, and every statement of a worker costs two round trips more.
   * Default true.
   */
  readonly prepare?: boolean
  /** Milliseconds after which a query's connection is given up and its socket destroyed. Default 15000. */
  readonly queryTimeoutMs?: number
  /**
   * Tell the workers of other processes of new jobs by LISTEN/NOTIFY, and hear of theirs; `false`: workers find the jobs
   * of other processes by polling. To hear needs a connection to the server itself, to tell does not: a process behind
   * a transaction pooler that runs no worker may say `true`. Default: as `prepare`.
   */
  readonly notify?: boolean
}

/**
 * Stores jobs in the application's own PostgreSQL (15 or newer) through its MikroORM, which must have been made with
 * `queueExtension()`. Dispatches join the transaction the calling code runs in, or that of `{ em }`.
 *
 * Opens connections of its own when a worker needs them: one for claims, one for settling and upkeep, one to
 * listen. `close()` ends them; the ORM stays open.
 *
 * @throws InvalidOptionError when the ORM lacks the extension
 */
export function postgresDriver(orm: MikroORM, options: PostgresDriverOptions = {}): StorageDriver<MikroOrmCaller> {
  const { schema, commitWake, stagedJobs } = installationOf(orm)
  const texts = new StatementTexts(schema)
  const connections = new Connections(orm, texts, querySettings(options))
  const { claims, upkeep, pool } = connections
  const workers = new WorkerIds(upkeep)
  const cursors = new ClaimCursors(() => performance.now())
  const sweeper = new LeaseSweeper(claims)
  const alarm = new DueAlarm((queues) => commitWake.tell(queues))
  const dispatcher = new Dispatcher({ orm, connections, texts, cursors, commitWake, alarm, ids: new IdBlocks() })
  const { prepare = true, notify = prepare } = options
  const wakeups = postgresWakeups({ connections, commitWake, schema, notify })
  const group = { migrations: true, transactions: true, wakeups: true, reports: true, pausing: true, expiry: true }

  return {
    name: 'postgresql',
    capabilities: { ...noCapabilities, ...group },
    callerOptions: ['em'],

    dispatch: async (request) => dispatcher.dispatch(request),
    claim(request) {
      wakeups.noteClaimed(request.queues)
      return claim({ claims, workers, cursors, sweeper }, request)
    },
    extend: (request) => extend({ claims, workers, sweeper }, request),
    settle: (request) => settle({ upkeep, sweeper, cursors }, request),
    reap: (request) => reap(upkeep, cursors, request),
    async cancel(request) {
      const verdicts = await cancel(upkeep, request)
      wakeups.noteCancelled(verdicts)
      return verdicts
    },
    retry: (request) => retry(upkeep, cursors, request),
    find: (request) => find(pool, request),
    list: (request) => list(pool, request),
    count: (request) => count(pool, request),
    prune: (request) => prune(upkeep, request),
    remove: (request) => remove(upkeep, request),
    async close() {
      alarm.clear()
      await Promise.all([wakeups.close(), sweeper.sweep()])
      await connections.close()
    },

    runInScope: (work) => runInScope(orm, work),
    migrations: postgresMigrations(connections, schema),
    transactions: {
      joins: ({ em }) => resolveTransaction(orm, em) !== undefined,
      // A job that was removed since, by retention or by hand, is not there either: it answers false.
      wasCommitted: async (id) => (await find(pool, { ids: [id] })).length > 0,
      stage: stagedJobs.stageFor(dispatcher, orm),
      complete: (request) => complete({ orm, texts, commitWake, upkeep, sweeper, cursors }, request),
    },
    wakeups,
    reports: postgresReports({ claims, pool }),
    pausing: postgresPausing({ upkeep, pool, cursors, commitWake, wakeups }),
    expiry: postgresExpiry(upkeep),
  }
}

function querySettings({ prepare = true, queryTimeoutMs = 15_000 }: PostgresDriverOptions) {
  if (Number.isInteger(queryTimeoutMs) && queryTimeoutMs >= 1 && queryTimeoutMs <= longestTimerMs)
    return { prepare, timeoutMs: queryTimeoutMs }
  throw new InvalidOptionError('queryTimeoutMs', `must be a whole number of milliseconds from 1 to ${longestTimerMs}.`)
}

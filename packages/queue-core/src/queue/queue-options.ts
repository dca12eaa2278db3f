import type { Clock } from '../clock.ts'
import type { StorageDriver } from '../driver/storage-driver.ts'
import type { AnyJob, QueueOf } from '../job/job.ts'
import type { Middleware } from '../job/middleware.ts'
import type { JobId } from '../job/stored-job.ts'
import type { JobRegistry } from '../job-registry.ts'
import type { Logger } from '../logger.ts'
import type { Random } from '../random.ts'
import type { MaxPending } from './backlog.ts'

export interface QueueOptions<Jobs extends readonly AnyJob[], Caller extends object> {
  /** Where jobs are stored: `postgresDriver(orm)`, `sqliteDriver(orm)`, `memoryDriver()`, or one of your own. */
  readonly driver: StorageDriver<Caller>
  /** Every job this process dispatches or runs. */
  readonly jobs: Jobs | JobRegistry<Jobs>
  /** Runs around every dispatch and every handler, the first outermost. */
  readonly middleware?: readonly Middleware[]
  /**
   * How many pending jobs, delayed ones too, there may be: in all queues together, or by queue. A dispatch outside a
   * transaction that would go over it throws `QueueFullError`; one inside a transaction never does. By a count at most
   * a second old. Default: no limit.
   */
  readonly maxPending?: MaxPending<NoInfer<QueueOf<Jobs[number]>>>
  /**
   * Called with every error a handler ended with, and a `JobNotFinishedError` for a job that failed as `crashed` or
   * `expired`; for error trackers. What it throws becomes a `warning` event.
   */
  readonly onError?: (
    error: unknown,
    job: { readonly id: JobId; readonly type: string; readonly attempt: number },
  ) => void
  /** Any logger that is called like pino: for handlers, and `warning` and `error` events. Default: silent. */
  readonly logger?: Logger
  /** Local time, for tests. Default: the system's. */
  readonly clock?: Clock
  /** Randomness, for tests. Default: the system's. */
  readonly random?: Random
}

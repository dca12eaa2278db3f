import type { Clock } from './clock.ts'
import type { CancelRequest, StorageDriver } from './driver/storage-driver.ts'
import type { EventEmitter } from './event-emitter.ts'
import type { QueueEvents } from './events.ts'
import type { Middleware } from './job/middleware.ts'
import type { JobId } from './job/stored-job.ts'
import type { RegisteredJobs } from './job/registered-job.ts'
import type { Logger } from './logger.ts'
import type { Random } from './random.ts'

/** What a queue and its workers share: made once by the `Queue`, handed to each of its parts. */
export interface Runtime {
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- core hands the caller's options through unread
  readonly driver: StorageDriver<any>
  readonly jobs: RegisteredJobs
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  readonly events: EventEmitter<QueueEvents>
  /** Outermost first. */
  readonly middleware: readonly Middleware[]
  /** Called for each error a handler threw and each job that failed; what it throws is a warning. */
  readonly onError:
    ((error: unknown, job: { readonly id: JobId; readonly type: string; readonly attempt: number }) => void) | undefined
  /** What the handler's `context.dispatch` calls. */
  readonly dispatch: (job: unknown, payload: unknown, options: unknown) => Promise<{ id: JobId; created: boolean }>
  /** A running job was asked to stop, perhaps one of this process; by `request` if it was here. Returns the end of it. */
  readonly onCancelRequested: (listener: (request?: CancelRequest) => void) => () => void
  readonly closed: () => boolean
}

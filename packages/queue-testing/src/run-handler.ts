import {
  InvalidOptionError,
  Queue,
  systemClock,
  type AnyJob,
  type Clock,
  type DispatchOptions,
  type FailureReason,
  type JobRecord,
  type Logger,
  type Middleware,
  type PayloadIn,
  type QueueOptions,
  type Random,
  type ResultFor,
  type StorageDriver,
} from '@goplate/queue-core'
import { memoryDriver } from '@goplate/queue-core/memory'
import { recordEvents, type RecordedEvent } from './recorded-events.ts'
import { seededRandom } from './seeded-random.ts'

/** What `maxAttempts` may be at most. */
const mostAttempts = 32_767

export interface RunHandlerOptions {
  /** The attempt the handler is told, 1 to 32,767. At the job's `maxAttempts` an error is its last. Default 1. */
  readonly attempt?: number
  /** What `context.meta` says, before middleware adds to it. Default `{}`. */
  readonly meta?: NonNullable<DispatchOptions['meta']>
  /** Runs around the dispatch and the handler, as that of a queue. */
  readonly middleware?: readonly Middleware[]
  /** Other jobs that the handler dispatches. */
  readonly jobs?: readonly AnyJob[]
  readonly logger?: Logger
  /** For the timeout of the handler. Default: the system's. */
  readonly clock?: Clock
  /** For the jitter of retries. Default: seeded, the same in every run. */
  readonly random?: Random
}

/** What one run of a handler came to. */
export type HandlerRun<Result> = Outcome<Result> & {
  /** The jobs that the handler dispatched, in order. */
  readonly dispatched: readonly JobRecord[]
  /** Warnings of the worker: an outcome that was not returned, a retry policy that gave no duration. */
  readonly warnings: readonly string[]
}

type Outcome<Result> =
  | { readonly outcome: 'finished'; readonly result: Result }
  | { readonly outcome: 'retried'; readonly delayMs: number; readonly error: unknown }
  | { readonly outcome: 'failed'; readonly reason: FailureReason; readonly error: unknown }
  | { readonly outcome: 'snoozed'; readonly delayMs: number }
  | { readonly outcome: 'cancelled'; readonly reason: string | undefined }

/** A job with its handler. */
export type RunnableJob = AnyJob & ({ handle(...args: never[]): unknown } | { handleMany(...args: never[]): unknown })

/**
 * Runs the handler of a job once, as a worker would: the payload is validated and goes through JSON, the handler has a
 * context and a timeout, and what it returns or throws is decided by the same rules. Nothing is left behind. A job with
 * `handleMany` is a batch of one.
 *
 * Throws `InvalidPayloadError` when the payload does not fit, as `dispatch` does, and `InvalidOptionError`.
 *
 * ```ts
 * const run = await runHandler(sendEmail, { to: 'nobody@example.com' }, { attempt: 3 })
 * assert.deepEqual([run.outcome, run.reason], ['failed', 'exhausted'])
 * ```
 */
export async function runHandler<J extends RunnableJob>(
  job: J,
  payload: PayloadIn<J>,
  options: RunHandlerOptions = {},
): Promise<HandlerRun<ResultFor<J>>> {
  const { jobs = [], clock = systemClock, random = seededRandom(1), logger, meta, middleware } = options
  const queue = wideQueue({
    driver: atAttempt(memoryDriver({ clock }), checkedAttempt(options.attempt ?? 1)),
    jobs: [alone(job), ...jobs.filter(({ type }) => type !== job.type).map(withHandler)],
    clock,
    random,
    ...(logger && { logger }),
    ...(middleware && { middleware }),
  })
  const events = recordEvents(queue)
  const { id } = await queue.dispatch(job, payload, { ...(meta && { meta }) })
  await queue.createWorker({ name: 'test', queues: { [job.queue ?? 'default']: {} }, retention: false }).runOnce()
  const others = (await queue.list({ limit: 1000 })).jobs.filter((other) => other.id !== id)
  await queue.close()
  return {
    ...(outcomeOf(events, id) as Outcome<ResultFor<J>>),
    dispatched: others.reverse(),
    warnings: events.flatMap(({ name, event }) => (name === 'warning' ? event.message : [])),
  }
}

function wideQueue(options: QueueOptions<readonly AnyJob[], object>): Queue<readonly AnyJob[], object> {
  return new Queue<readonly AnyJob[], object>(options)
}

/** A batch that waits for nobody. */
function alone(job: RunnableJob): AnyJob {
  if (!('handleMany' in job)) return job
  const batch: object = { ...job, batch: { wait: 0 } }
  return batch as AnyJob
}

/** A worker asks every job of its queues for a handler; here none but the first is run. */
function withHandler(job: AnyJob): AnyJob {
  return 'handle' in job || 'handleMany' in job ? job : { ...job, handle: () => undefined }
}

function checkedAttempt(attempt: number): number {
  if (Number.isInteger(attempt) && attempt >= 1 && attempt <= mostAttempts) return attempt
  throw new InvalidOptionError('attempt', `must be a whole number from 1 to ${mostAttempts}`)
}

/** The memory driver, but every claim says that it is this attempt. */
function atAttempt(driver: StorageDriver, attempt: number): StorageDriver {
  return {
    ...driver,
    claim: async (request) => {
      const reply = await driver.claim(request)
      return { ...reply, jobs: reply.jobs.map((job) => ({ ...job, attempt })) }
    },
  }
}

function outcomeOf(events: readonly RecordedEvent[], id: string): Outcome<unknown> {
  for (const { name, event } of events) {
    if (!('jobId' in event) || event.jobId !== id) continue
    switch (name) {
      case 'job:finished':
        return { outcome: 'finished', result: event.result }
      case 'job:retrying':
        return { outcome: 'retried', delayMs: event.delayMs, error: event.error }
      case 'job:failed':
        return { outcome: 'failed', reason: event.reason, error: event.error }
      case 'job:snoozed':
        return { outcome: 'snoozed', delayMs: event.delayMs }
      case 'job:cancelled':
        return { outcome: 'cancelled', reason: event.reason }
    }
  }
  throw new Error('The worker did not run the job.')
}

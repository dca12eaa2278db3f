import { ObservedDriver } from '../driver/observed-driver.ts'
import type { NoDuplicates } from '../job/accepted-jobs.ts'
import type { AnyJob } from '../job/job.ts'
import { checkMiddleware } from '../job/middleware.ts'
import { checkKnown } from '../job/option-checks.ts'
import { registerJobs } from '../job-registry.ts'
import { silentLogger } from '../logger.ts'
import type { Runtime } from '../runtime.ts'
import { systemClock } from '../system-clock.ts'
import { systemRandom } from '../system-random.ts'
import { Administration } from './administration.ts'
import { publishDriverCall, publishEvents } from './diagnostics.ts'
import { Dispatcher } from './dispatcher.ts'
import { JobWaiter } from './job-waiter.ts'
import { loggedEvents } from './logged-events.ts'
import type { QueueOptions } from './queue-options.ts'

/** What a queue is made of. None of it has a timer or makes a call before it is used. */
export interface QueueParts<Caller extends object> {
  readonly driver: ObservedDriver<Caller>
  readonly runtime: Runtime
  readonly dispatcher: Dispatcher
  readonly administration: Administration
  readonly waiter: JobWaiter
}

const known: readonly (keyof QueueOptions<never, never>)[] = [
  'driver',
  'jobs',
  'middleware',
  'maxPending',
  'onError',
  'logger',
  'clock',
  'random',
]

/** Fills in the defaults and connects the parts. Throws `InvalidOptionError`, `DuplicateTypeError`. */
export function composeQueue<const Jobs extends readonly AnyJob[], Caller extends object>(
  options: QueueOptions<Jobs, Caller> & NoDuplicates<NoInfer<Jobs>>,
): QueueParts<Caller> {
  checkKnown(options, known, 'queue')
  const { clock = systemClock, random = systemRandom, logger = silentLogger } = options
  const events = loggedEvents(logger)
  publishEvents(events)
  const driver = new ObservedDriver(options.driver, clock, publishDriverCall)
  const runtime: Runtime = {
    ...{ driver, clock, random, logger, events },
    jobs: registerJobs(options.jobs, random),
    middleware: checkMiddleware(options.middleware ?? []),
    onError: options.onError,
    dispatch: (job, payload, given) => dispatcher.one(job as AnyJob, payload, given as object | undefined),
    onCancelRequested: (listener) => driver.onCancelRequested(listener),
    closed: () => driver.closed,
  }
  const dispatcher: Dispatcher = new Dispatcher(runtime, options.maxPending)
  const waiter = new JobWaiter((ids) => driver.find({ ids }), clock)
  const administration = new Administration({ driver, events, onEnded: (id) => waiter.look(id) })
  for (const ended of ['job:finished', 'job:failed', 'job:cancelled'] as const)
    events.on(ended, ({ jobId }) => waiter.look(jobId))
  return { driver, runtime, dispatcher, administration, waiter }
}

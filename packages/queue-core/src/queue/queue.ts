import { ObservedDriver } from '../driver/observed-driver.ts'
import type { CancelVerdict, JobCount, JobFilter, RetryVerdict } from '../driver/storage-driver.ts'
import { InvalidOptionError, QueueClosedError, UnsupportedError } from '../errors.ts'
import { EventEmitter } from '../event-emitter.ts'
import type { QueueEventName, QueueEvents } from '../events.ts'
import type { Dispatched, DispatchOptions } from '../job/job.ts'
import type {
  Accepts,
  AnyJob,
  NewJob,
  NoDuplicates,
  PayloadIn,
  QueueOf,
  ResultFor,
  TypeOf,
} from '../job/job-definition.ts'
import { dateOf, toJobRecord, type JobRecord } from '../job/job-record.ts'
import type { JobId } from '../job/stored-job.ts'
import { registerJobs } from '../job-registry.ts'
import { silentLogger } from '../logger.ts'
import type { Runtime } from '../runtime.ts'
import { systemClock } from '../system-clock.ts'
import { systemRandom } from '../system-random.ts'
import type { WorkerOptions } from '../worker/worker-options.ts'
import { Worker } from '../worker/worker.ts'
import {
  Administration,
  type DeleteVerdict,
  type LogRecord,
  type PausedThing,
  type PauseOptions,
  type PauseRecord,
} from './administration.ts'
import { publishDriverCall, publishEvents } from './diagnostics.ts'
import { checkId, idsOf } from './check-ids.ts'
import { Dispatcher } from './dispatcher.ts'
import type { AllHandled, JobOf, OfJobs } from './jobs-of-queue.ts'
import { checkHealth, type QueueHealth } from './health.ts'
import { JobWaiter } from './job-waiter.ts'
import type { QueueOptions } from './queue-options.ts'
import { waitForEnd, type WaitOptions } from './wait-for-end.ts'

export interface ListOptions extends JobFilter {
  /** 1 to 1000. Default 50. */
  readonly limit?: number
  /** `next` of the page before. */
  readonly after?: string
}

/**
 * The application's whole job system, as one object: dispatches, looks up, cancels and retries jobs, and makes the
 * workers that run them. Costs no connection and no timer until it is used.
 */
export class Queue<
  const Jobs extends readonly AnyJob[],
  Caller extends object = {}, // eslint-disable-line @typescript-eslint/no-empty-object-type -- no extra options at all
  Types extends string = TypeOf<Jobs[number]>,
> {
  /** Carries the types; never there at run time. */
  declare readonly '~jobs'?: Jobs
  readonly #driver: ObservedDriver<Caller>
  readonly #runtime: Runtime
  readonly #dispatcher: Dispatcher
  readonly #waiter: JobWaiter
  readonly #administration: Administration
  readonly #workers = new Set<Worker>()

  /** Throws `InvalidOptionError` for an option, name or number out of range, `DuplicateTypeError`. */
  constructor(options: QueueOptions<Jobs, Caller> & NoDuplicates<NoInfer<Jobs>>) {
    const { driver, clock = systemClock, random = systemRandom, logger = silentLogger } = options
    const events = new EventEmitter<QueueEvents>((error, name) =>
      logger.error({ err: error }, `listener of ${name} failed`),
    )
    publishEvents(events)
    this.#driver = new ObservedDriver(driver, clock, publishDriverCall)
    this.#runtime = {
      driver: this.#driver,
      jobs: registerJobs(options.jobs, random),
      clock,
      random,
      logger,
      events,
      onError: options.onError,
      dispatch: (job, payload, dispatchOptions) =>
        this.#dispatchOne(job as AnyJob, payload, dispatchOptions as object | undefined),
      closed: () => this.#driver.closed,
    }
    this.#dispatcher = new Dispatcher(this.#runtime)
    this.#administration = new Administration(this.#driver, events, dateOf)
    this.#waiter = new JobWaiter((ids) => this.#driver.find({ ids }), clock)
    for (const ended of ['job:finished', 'job:failed', 'job:cancelled'] as const)
      events.on(ended, ({ jobId }) => this.#waiter.look(jobId))
  }

  /** Brings the driver's tables to the version of the driver. Before the first use; repeating it is cheap. */
  async migrate(): Promise<void> {
    await this.#driver.migrations?.migrate()
  }

  /**
   * Stores one job: now, or for later with `delay` or `availableAt`. Inside a transaction of the driver's database it
   * commits or rolls back with it. `created: false` when another job holds the unique key; then `id` is that job's.
   *
   * Throws `InvalidPayloadError`, `PayloadTooLargeError`, `InvalidOptionError`, `UnknownJobError`,
   * `DuplicateJobError` (only with `onConflict: 'reject'`), `TransactionError`, `StorageError`.
   */
  async dispatch<J extends AnyJob>(
    job: J & Accepts<Types, NoInfer<J>>,
    payload: PayloadIn<NoInfer<J>>,
    options?: DispatchOptions & Caller,
  ): Promise<Dispatched<ResultFor<J>>> {
    return this.#dispatchOne(job, payload, options)
  }

  /** Stores one job for each payload, all or none, in one round trip. At most 10,000. Throws as `dispatch`. */
  async dispatchMany<J extends AnyJob>(
    job: J & Accepts<Types, NoInfer<J>>,
    payloads: readonly PayloadIn<NoInfer<J>>[],
    options?: DispatchOptions & Caller,
  ): Promise<readonly Dispatched<ResultFor<J>>[]> {
    const split = this.#dispatcher.split(options)
    const items = payloads.map((payload) => ({ type: job.type, payload, options: split.options }))
    return this.#dispatcher.dispatch(items, split.caller)
  }

  /** Stores jobs of several types, made by `definition.with(…)` or `newJob(…)`, all or none. Throws as `dispatch`. */
  async dispatchAll(
    jobs: readonly NewJob<Types, unknown>[],
    options?: Caller,
  ): Promise<readonly Dispatched<unknown>[]> {
    const { caller } = this.#dispatcher.split(options)
    const items = jobs.map((job) => {
      const own = this.#dispatcher.split(job.options)
      if (Object.keys(own.caller).length > 0)
        throw new InvalidOptionError(Object.keys(own.caller)[0]!, 'belongs to the whole call, not to one of its jobs')
      return { type: job.type, payload: job.payload, options: own.options }
    })
    return this.#dispatcher.dispatch(items, caller)
  }

  /**
   * Stores one job with the next flush of this unit of work, in its transaction, like an entity that was persisted: the
   * job exists if and only if that flush commits. Validates at once; has no id yet. Throws as `dispatch`, and
   * `UnsupportedError` when the driver knows no unit of work.
   */
  async persist<J extends AnyJob>(
    em: NonNullable<Caller[keyof Caller & 'em']>,
    job: J & Accepts<Types, NoInfer<J>>,
    payload: PayloadIn<NoInfer<J>>,
    options?: DispatchOptions,
  ): Promise<void> {
    const split = this.#dispatcher.split({ ...options, em })
    await this.#dispatcher.stage([{ type: job.type, payload, options: split.options }], split.caller)
  }

  /** The job as it is stored now, or `undefined`. With `history`, also what each of its attempts came to. */
  async find(id: JobId, options: { readonly history?: boolean } = {}): Promise<JobRecord | undefined> {
    const [job] = await this.#driver.find({ ids: [checkId(id)], history: options.history ?? false })
    return job === undefined ? undefined : toJobRecord(job, this.#runtime.clock.wall())
  }

  /** One page of jobs, newest dispatch first. */
  async list(options: ListOptions = {}): Promise<{ readonly jobs: readonly JobRecord[]; readonly next?: string }> {
    const { limit = 50, after, ...filter } = options
    if (!Number.isInteger(limit) || limit < 1 || limit > 1_000)
      throw new InvalidOptionError('limit', 'must be 1 to 1000')
    const page = await this.#driver.list({ filter, limit, ...(after === undefined ? {} : { after }) })
    return { ...page, jobs: page.jobs.map((job) => toJobRecord(job, this.#runtime.clock.wall())) }
  }

  /** How many jobs there are, by queue and state. Ended states are counted row by row: slow in a long history. */
  count(filter: JobFilter = {}): Promise<readonly JobCount[]> {
    return this.#driver.count({ filter })
  }

  /**
   * Waits until the job has finished and returns its result. Throws `JobNotFinishedError` when it failed or was
   * cancelled, `JobNotFoundError`, `WaitTimeoutError`, or the signal's reason.
   */
  async waitFor<R>(job: Dispatched<R>, options?: WaitOptions): Promise<R>
  async waitFor(id: JobId, options?: WaitOptions): Promise<unknown>
  async waitFor(target: JobId | Dispatched<unknown>, options: WaitOptions = {}): Promise<unknown> {
    const id = checkId(typeof target === 'string' ? target : target.id)
    options.signal?.throwIfAborted()
    if (this.#driver.closed) throw new QueueClosedError()
    return waitForEnd(id, options, { waiter: this.#waiter, clock: this.#runtime.clock })
  }

  /**
   * Ends waiting jobs at once (`cancelled`). A running one is asked to stop (`requested`): its signal is aborted with
   * the next extension of its lease, and whatever its handler then returns, it ends as cancelled.
   */
  cancel(id: JobId, options?: { readonly reason?: string }): Promise<CancelVerdict>
  cancel(ids: readonly JobId[], options?: { readonly reason?: string }): Promise<readonly CancelVerdict[]>
  async cancel(
    target: JobId | readonly JobId[],
    options: { readonly reason?: string } = {},
  ): Promise<CancelVerdict | readonly CancelVerdict[]> {
    const ids = idsOf(target)
    const verdicts = await this.#administration.cancel(ids, options.reason)
    ids.forEach((id, index) => {
      if (verdicts[index] === 'cancelled') this.#waiter.look(id)
    })
    return typeof target === 'string' ? verdicts[0]! : verdicts
  }

  /** Reopens failed and cancelled jobs, finished ones too with `force`: due now, with new budgets, history kept. */
  retry(id: JobId, options?: { readonly force?: boolean }): Promise<RetryVerdict>
  retry(ids: readonly JobId[], options?: { readonly force?: boolean }): Promise<readonly RetryVerdict[]>
  async retry(
    target: JobId | readonly JobId[],
    options: { readonly force?: boolean } = {},
  ): Promise<RetryVerdict | readonly RetryVerdict[]> {
    const verdicts = await this.#administration.retry(idsOf(target), options.force)
    return typeof target === 'string' ? verdicts[0]! : verdicts
  }

  /** Removes jobs with their history. A waiting one is cancelled first; a running one is only asked to stop. */
  delete(id: JobId): Promise<DeleteVerdict>
  delete(ids: readonly JobId[]): Promise<readonly DeleteVerdict[]>
  async delete(target: JobId | readonly JobId[]): Promise<DeleteVerdict | readonly DeleteVerdict[]> {
    const answers = await this.#administration.delete(idsOf(target))
    return typeof target === 'string' ? answers[0]! : answers
  }

  /**
   * Claims nothing more of a queue, or of a type, in any process, until `resume` or for the time given. Running jobs go
   * on. Pausing again replaces the reason and the end. Throws `UnsupportedError`.
   */
  pause(options: PauseOptions): Promise<void> {
    return this.#administration.pause(options)
  }

  /** Ends a pause; false when there was none. The workers of this process look at once. */
  async resume(thing: PausedThing): Promise<boolean> {
    return this.#administration.resume(thing)
  }

  /** What is paused now. */
  paused(): Promise<readonly PauseRecord[]> {
    return this.#administration.paused()
  }

  /** What handlers kept with `context.log`, oldest first. `limit`: 1 to 1000, default 100. */
  async lines(
    id: JobId,
    options: { readonly after?: number; readonly limit?: number } = {},
  ): Promise<readonly LogRecord[]> {
    return this.#administration.lines(checkId(id), options)
  }

  /** Whether storage answers, and what waits in it. Never throws. */
  health(): Promise<QueueHealth> {
    return checkHealth(this.#driver, this.#runtime.clock)
  }

  /**
   * Whether the transaction that dispatched this job committed, for callers whose connection broke at commit. Throws
   * `UnsupportedError` when the driver cannot tell.
   */
  async wasCommitted(id: JobId): Promise<boolean> {
    const { transactions } = this.#driver
    if (transactions?.wasCommitted === undefined) throw new UnsupportedError(this.#driver.name, 'wasCommitted')
    return transactions.wasCommitted(checkId(id))
  }

  /** A worker for the queues of this object's jobs. Throws `MissingHandlerError`, `InvalidOptionError`. */
  createWorker<Self extends OfJobs>(
    this: Self & AllHandled<JobOf<Self>>,
    options?: WorkerOptions<QueueOf<JobOf<Self>>>,
  ): Worker
  createWorker(options?: WorkerOptions): Worker {
    const worker = new Worker(this.#runtime, options)
    this.#workers.add(worker)
    return worker
  }

  /** Listens to an event; returns the function that ends it. */
  on<Name extends QueueEventName>(name: Name, listener: (event: QueueEvents[Name]) => void): () => void {
    return this.#runtime.events.on(name, listener)
  }

  /** Stops the workers made here, then gives back what the driver opened. The application's database stays open. */
  async close(): Promise<void> {
    await Promise.all([...this.#workers].map((worker) => worker.stop()))
    this.#waiter.close(new QueueClosedError())
    await this.#driver.close()
  }

  async #dispatchOne(job: AnyJob, payload: unknown, options: object | undefined): Promise<Dispatched<never>> {
    const split = this.#dispatcher.split(options)
    const [dispatched] = await this.#dispatcher.dispatch(
      [{ type: job.type, payload, options: split.options }],
      split.caller,
    )
    return dispatched!
  }
}

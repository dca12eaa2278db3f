import type { CancelVerdict, JobCount, JobFilter, RetryVerdict } from '../driver/storage-driver.ts'
import { QueueClosedError, UnsupportedError } from '../errors.ts'
import type { QueueEventName, QueueEvents } from '../events.ts'
import type { Dispatched, DispatchOptions } from '../job/job-options.ts'
import type { Accepts, NoDuplicates } from '../job/accepted-jobs.ts'
import type { AnyJob, PayloadIn, QueueOf, ResultFor, TypeOf } from '../job/job.ts'
import type { NewJob } from '../job/job-definition.ts'
import type { JobRecord } from '../job/job-record.ts'
import type { JobId } from '../job/stored-job.ts'
import type { WorkerOptions } from '../worker/worker-options.ts'
import { Worker } from '../worker/worker.ts'
import type { DeleteVerdict, LogRecord, PausedThing, PauseOptions, PauseRecord } from './administration.ts'
import { checkId, idsOf } from './check-ids.ts'
import { composeQueue, type QueueParts } from './compose-queue.ts'
import type { Erased, EraseFilter, EraseOptions } from './erase.ts'
import { checkHealth, type QueueHealth } from './health.ts'
import type { AllHandled, JobOf, OfJobs } from './jobs-of-queue.ts'
import { findJob, listJobs, type JobPage, type ListOptions } from './look-up.ts'
import type { QueueOptions } from './queue-options.ts'
import { waitForEnd, type WaitOptions } from './wait-for-end.ts'

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
  readonly #parts: QueueParts<Caller>
  readonly #workers = new Set<Worker>()

  /** Throws `InvalidOptionError` for an option, name or number out of range, `DuplicateTypeError`. */
  constructor(options: QueueOptions<Jobs, Caller> & NoDuplicates<NoInfer<Jobs>>) {
    this.#parts = composeQueue(options)
  }

  /** Brings the driver's tables to the version of the driver. Before the first use; repeating it is cheap. */
  async migrate(): Promise<void> {
    await this.#parts.driver.migrations?.migrate()
  }

  /**
   * Stores one job: now, or for later with `delay` or `availableAt`. Inside a transaction of the driver's database it
   * commits or rolls back with it. `created: false` when another job holds the unique key; then `id` is that job's.
   *
   * When the connection breaks: outside a transaction a driver that can repeats the call without storing it twice. Inside
   * one the caller's commit decides; when the reply to that is lost, `wasCommitted(id)` tells afterwards.
   *
   * Throws `InvalidPayloadError`, `PayloadTooLargeError`, `InvalidOptionError`, `UnknownJobError`,
   * `DuplicateJobError` (only with `onConflict: 'reject'`), `QueueFullError` (only with `maxPending`, never inside a
   * transaction), `TransactionError`, `StorageError`, and what middleware throws.
   */
  async dispatch<J extends AnyJob>(
    job: J & Accepts<Types, NoInfer<J>>,
    payload: PayloadIn<NoInfer<J>>,
    options?: DispatchOptions & Caller,
  ): Promise<Dispatched<ResultFor<J>>> {
    return this.#parts.dispatcher.one(job, payload, options)
  }

  /** Stores one job for each payload, all or none, in one round trip. At most 10,000. Throws as `dispatch`. */
  async dispatchMany<J extends AnyJob>(
    job: J & Accepts<Types, NoInfer<J>>,
    payloads: readonly PayloadIn<NoInfer<J>>[],
    options?: DispatchOptions & Caller,
  ): Promise<readonly Dispatched<ResultFor<J>>[]> {
    return this.#parts.dispatcher.many(job, payloads, options)
  }

  /** Stores jobs of several types, made by `definition.with(…)` or `newJob(…)`, all or none. Throws as `dispatch`. */
  async dispatchAll(
    jobs: readonly NewJob<Types, unknown>[],
    options?: Caller,
  ): Promise<readonly Dispatched<unknown>[]> {
    return this.#parts.dispatcher.all(jobs, options)
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
    await this.#parts.dispatcher.stage(job, payload, { ...options, em })
  }

  /** The job as it is stored now, or `undefined`. With `history`, also what each of its attempts came to. */
  async find(id: JobId, options: { readonly history?: boolean } = {}): Promise<JobRecord | undefined> {
    return findJob(this.#parts.runtime, checkId(id), options.history)
  }

  /** One page of jobs, newest dispatch first. Throws `InvalidOptionError`. */
  list(options: ListOptions = {}): Promise<JobPage> {
    return listJobs(this.#parts.runtime, options)
  }

  /** How many jobs there are, by queue and state. Ended states are counted row by row: slow in a long history. */
  count(filter: JobFilter = {}): Promise<readonly JobCount[]> {
    return this.#parts.driver.count({ filter })
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
    if (this.#parts.driver.closed) throw new QueueClosedError()
    return waitForEnd(id, options, { waiter: this.#parts.waiter, clock: this.#parts.runtime.clock })
  }

  /**
   * Ends waiting jobs at once (`cancelled`). A running one is asked to stop (`requested`): its signal is aborted at once
   * in this process and where the driver tells of it (PostgreSQL does), elsewhere within a third of its lease (10 s).
   * Whatever its handler then returns, it ends as cancelled.
   */
  cancel(id: JobId, options?: { readonly reason?: string }): Promise<CancelVerdict>
  cancel(ids: readonly JobId[], options?: { readonly reason?: string }): Promise<readonly CancelVerdict[]>
  async cancel(
    target: JobId | readonly JobId[],
    options: { readonly reason?: string } = {},
  ): Promise<CancelVerdict | readonly CancelVerdict[]> {
    const verdicts = await this.#parts.administration.cancel(idsOf(target), options.reason)
    return typeof target === 'string' ? verdicts[0]! : verdicts
  }

  /**
   * Reopens failed and cancelled jobs, finished ones too with `force`: due now, with new budgets, history kept. An
   * `expiresAt` that has passed is taken off.
   */
  retry(id: JobId, options?: { readonly force?: boolean }): Promise<RetryVerdict>
  retry(ids: readonly JobId[], options?: { readonly force?: boolean }): Promise<readonly RetryVerdict[]>
  async retry(
    target: JobId | readonly JobId[],
    options: { readonly force?: boolean } = {},
  ): Promise<RetryVerdict | readonly RetryVerdict[]> {
    const verdicts = await this.#parts.administration.retry(idsOf(target), options.force)
    return typeof target === 'string' ? verdicts[0]! : verdicts
  }

  /** Removes jobs with their history. A waiting one is cancelled first; a running one is only asked to stop. */
  delete(id: JobId): Promise<DeleteVerdict>
  delete(ids: readonly JobId[]): Promise<readonly DeleteVerdict[]>
  async delete(target: JobId | readonly JobId[]): Promise<DeleteVerdict | readonly DeleteVerdict[]> {
    const answers = await this.#parts.administration.delete(idsOf(target))
    return typeof target === 'string' ? answers[0]! : answers
  }

  /**
   * Removes jobs with their history, whatever their state: those that fit every list of the filter, each by one of its
   * members. Waiting ones are cancelled first. Running ones are asked to stop and stay, counted in `cancelRequested`:
   * erase again when they have stopped. A job that is dispatched meanwhile may be missed. Throws
   * `InvalidOptionError` without a filter.
   */
  erase(filter: EraseFilter, options: EraseOptions = {}): Promise<Erased> {
    return this.#parts.administration.erase(filter, options)
  }

  /**
   * Claims nothing more of a queue, or of a type, in any process, until `resume` or for the time given. Running jobs go
   * on. Pausing again replaces the reason and the end. Throws `UnsupportedError`.
   */
  pause(options: PauseOptions): Promise<void> {
    return this.#parts.administration.pause(options)
  }

  /** Ends a pause; false when there was none. The workers of this process look at once. */
  async resume(thing: PausedThing): Promise<boolean> {
    return this.#parts.administration.resume(thing)
  }

  /** What is paused now. */
  paused(): Promise<readonly PauseRecord[]> {
    return this.#parts.administration.paused()
  }

  /** What handlers kept with `context.log`, oldest first. `limit`: 1 to 1000, default 100. */
  async lines(
    id: JobId,
    options: { readonly after?: number; readonly limit?: number } = {},
  ): Promise<readonly LogRecord[]> {
    return this.#parts.administration.lines(checkId(id), options)
  }

  /** Whether storage answers, and what waits in it. Never throws. */
  health(): Promise<QueueHealth> {
    return checkHealth(this.#parts.driver, this.#parts.runtime.clock)
  }

  /**
   * Whether the transaction that dispatched this job committed, for callers whose connection broke at commit. Ask for a
   * job that retention cannot have removed meanwhile. Throws `UnsupportedError` when the driver cannot tell.
   */
  async wasCommitted(id: JobId): Promise<boolean> {
    const { transactions } = this.#parts.driver
    if (transactions?.wasCommitted === undefined) throw new UnsupportedError(this.#parts.driver.name, 'wasCommitted')
    return transactions.wasCommitted(checkId(id))
  }

  /** A worker for the queues of this object's jobs. Throws `MissingHandlerError`, `InvalidOptionError`. */
  createWorker<Self extends OfJobs>(
    this: Self & AllHandled<JobOf<Self>>,
    options?: WorkerOptions<QueueOf<JobOf<Self>>>,
  ): Worker
  createWorker(options?: WorkerOptions): Worker {
    const worker = new Worker(this.#parts.runtime, options)
    this.#workers.add(worker)
    return worker
  }

  /** Listens to an event; returns the function that ends it. */
  on<Name extends QueueEventName>(name: Name, listener: (event: QueueEvents[Name]) => void): () => void {
    return this.#parts.runtime.events.on(name, listener)
  }

  /** Stops the workers made here, then gives back what the driver opened. The application's database stays open. */
  async close(): Promise<void> {
    await Promise.all([...this.#workers].map((worker) => worker.stop()))
    this.#parts.waiter.close(new QueueClosedError())
    await this.#parts.driver.close()
  }
}

import { AssertionError } from 'node:assert'
import { inspect } from 'node:util'
import {
  isEnded,
  JobNotFoundError,
  parseDuration,
  Queue,
  WaitTimeoutError,
  type AnyJob,
  type Dispatched,
  type Duration,
  type JobRecord,
  type JobRegistry,
  type NoDuplicates,
  type PayloadIn,
  type QueueOptions,
  type Random,
  type StorageDriver,
  type Worker,
} from '@goplate/queue-core'
import { memoryDriver } from '@goplate/queue-core/memory'
import { driverAt } from './driver-at.ts'
import { matchesPartially, type Partially } from './matches-partially.ts'
import { recordEvents, type RecordedEvent } from './recorded-events.ts'
import { seededRandom } from './seeded-random.ts'
import { VirtualClock } from './virtual-clock.ts'

export interface TestQueueOptions<Jobs extends readonly AnyJob[], Caller extends object> extends Pick<
  QueueOptions<Jobs, Caller>,
  'middleware' | 'maxPending' | 'onError' | 'logger'
> {
  readonly jobs: Jobs | JobRegistry<Jobs>
  /** Where jobs are stored; it is told the virtual time with every call. Default: the memory driver. */
  readonly driver?: StorageDriver<Caller>
  /** Default: a virtual clock that starts at the real time. */
  readonly clock?: VirtualClock
  /** Default: seeded, the same in every run. */
  readonly random?: Random
}

/** A stored job with the payload of its definition. */
export type DispatchedJob<J> = Omit<JobRecord, 'payload'> & { readonly payload: PayloadIn<J> }

/**
 * A queue for tests of an application: its time stands still until `advance` moves it, and its jobs run when `drain`
 * or `waitFor` runs them, in this process, by a real worker.
 */
export class TestQueue<const Jobs extends readonly AnyJob[], Caller extends object> {
  /** What the code under test is given. */
  readonly queue: Queue<Jobs, Caller>
  readonly clock: VirtualClock
  /** Every event of the queue so far, in order. */
  readonly events: readonly RecordedEvent[]
  #worker: Worker | undefined

  constructor({
    driver,
    clock = new VirtualClock(),
    random = seededRandom(1),
    ...options
  }: TestQueueOptions<Jobs, Caller>) {
    const stored = driver ?? memoryDriver({ clock })
    const all: QueueOptions<Jobs, Caller> = { ...options, driver: driverAt(stored, () => clock.wall()), clock, random }
    this.queue = new Queue(all)
    this.clock = clock
    this.events = recordEvents(this.queue)
  }

  /**
   * Runs due jobs, and those that become due by it, until none is due at the present time. Returns how many attempts
   * ran. Throws `MissingHandlerError` when a job of the queue has no handler.
   */
  drain(): Promise<number> {
    const { queue } = this as { readonly queue: { createWorker(options: object): Worker } }
    this.#worker ??= queue.createWorker({ name: 'test', retention: false })
    return this.#worker.drain()
  }

  /** Moves the time on. Timers of workers that were started fire; jobs that became due run with the next `drain`. */
  advance(duration: Duration): Promise<void> {
    return this.clock.advance(duration)
  }

  /**
   * Runs jobs until this one has ended, moving the time to its next attempt where it waits for one, and returns its
   * result. Throws `JobNotFinishedError` when it failed or was cancelled, `JobNotFoundError`, and `WaitTimeoutError`
   * when it would take longer than `timeout`, of virtual time (default `'1d'`).
   */
  async waitFor<R>(job: Dispatched<R>, options: { readonly timeout?: Duration } = {}): Promise<R> {
    const timeoutMs = parseDuration(options.timeout ?? '1d', 'timeout')
    const end = this.clock.wall() + timeoutMs
    for (;;) {
      await this.drain()
      const record = await this.queue.find(job.id)
      if (record === undefined) throw new JobNotFoundError(job.id)
      if (isEnded(record.state)) return this.queue.waitFor(job)
      const dueAt = record.availableAt?.getTime() ?? Infinity
      if (dueAt > end || dueAt <= this.clock.wall()) throw new WaitTimeoutError(job.id, timeoutMs)
      await this.advance(dueAt - this.clock.wall())
    }
  }

  /** The jobs of this definition that are stored, or all of them, in the order of dispatch, whatever became of them. */
  async dispatched(): Promise<readonly JobRecord[]>
  async dispatched<J extends AnyJob>(job: J): Promise<readonly DispatchedJob<J>[]>
  async dispatched(job?: AnyJob): Promise<readonly JobRecord[]> {
    const found: JobRecord[] = []
    const types = job === undefined ? {} : { types: [job.type] }
    let after: string | undefined
    do {
      const page = await this.queue.list({ ...types, limit: 1000, ...(after !== undefined && { after }) })
      found.push(...page.jobs)
      after = page.next
    } while (after !== undefined)
    return found.reverse()
  }

  /**
   * The first stored job of this definition whose payload has everything in `payload`. Throws an `AssertionError` that
   * lists what was dispatched when there is none.
   */
  async expectDispatched<J extends AnyJob>(job: J, payload?: Partially<PayloadIn<J>>): Promise<DispatchedJob<J>> {
    const ofType = await this.dispatched(job)
    const found = ofType.find((one) => payload === undefined || matchesPartially(one.payload, payload))
    if (found !== undefined) return found
    throw notDispatched(job.type, payload, await this.dispatched())
  }

  /** Throws an `AssertionError` when a job of this definition, with everything in `payload`, was dispatched. */
  async expectNotDispatched<J extends AnyJob>(job: J, payload?: Partially<PayloadIn<J>>): Promise<void> {
    const ofType = await this.dispatched(job)
    const found = ofType.filter((one) => payload === undefined || matchesPartially(one.payload, payload))
    if (found.length === 0) return
    throw new AssertionError({
      message: `Expected no ${job.type}${matching(payload)} to be dispatched.\n${listOf(found)}`,
      operator: 'expectNotDispatched',
    })
  }

  /** Stops what runs and closes the driver. */
  close(): Promise<void> {
    return this.queue.close()
  }
}

/** A queue for tests, over memory or any other driver. Every job type must be there once, as in `new Queue`. */
export function createTestQueue<
  const Jobs extends readonly AnyJob[],
  Caller extends object = {}, // eslint-disable-line @typescript-eslint/no-empty-object-type -- no extra options at all
>(options: TestQueueOptions<Jobs, Caller> & NoDuplicates<NoInfer<Jobs>>): TestQueue<Jobs, Caller> {
  return new TestQueue<Jobs, Caller>(options)
}

function notDispatched(type: string, payload: unknown, stored: readonly JobRecord[]): AssertionError {
  return new AssertionError({
    message: `Expected a ${type}${matching(payload)} to be dispatched.\n${listOf(stored)}`,
    actual: stored.filter((job) => job.type === type).map((job) => job.payload),
    expected: payload,
    operator: 'expectDispatched',
  })
}

function matching(payload: unknown): string {
  return payload === undefined ? '' : ` with ${inspect(payload, { depth: 4, breakLength: 100 })}`
}

function listOf(jobs: readonly Pick<JobRecord, 'id' | 'type' | 'state' | 'payload'>[]): string {
  if (jobs.length === 0) return 'Nothing was dispatched.'
  const shown = jobs.slice(0, 20)
  const lines = shown.map(
    ({ id, type, state, payload }) =>
      `  ${id}  ${type}  ${state}  ${inspect(payload, { depth: 4, breakLength: Infinity })}`,
  )
  const more = jobs.length > shown.length ? [`  … and ${jobs.length - shown.length} more`] : []
  return [`Dispatched were:`, ...lines, ...more].join('\n')
}

import type { StorageDriver } from '../../src/driver/storage-driver.ts'
import type { QueueEventName, QueueEvents } from '../../src/events.ts'
import type { AnyJob, Job } from '../../src/job/job.ts'
import { memoryDriver, MemoryDatabase } from '../../src/memory/memory-driver.ts'
import { Queue } from '../../src/queue/queue.ts'
import type { WorkerOptions } from '../../src/worker/worker-options.ts'
import { FakeClock } from './fake-clock.ts'
import { faultyDriver, noFaults } from './faulty-driver.ts'
import { seededRandom } from './seeded-random.ts'

export interface SeenEvent<Name extends QueueEventName = QueueEventName> {
  readonly name: Name
  readonly payload: QueueEvents[Name]
}

export interface SceneOptions {
  readonly seed?: number
  readonly clock?: FakeClock
  readonly database?: MemoryDatabase
  /** The driver tells of nothing: jobs are found by polls alone. */
  readonly silent?: boolean
  /** What else the driver can do. */
  readonly extend?: (driver: StorageDriver, database: MemoryDatabase) => StorageDriver
}

/** A queue on the memory driver, on a clock that stands still, whose driver can be made to fail. */
export class WorkerScene {
  readonly clock: FakeClock
  readonly database: MemoryDatabase
  readonly faults = noFaults()
  readonly driver: StorageDriver
  readonly queue: Queue<readonly AnyJob[]>
  readonly events: SeenEvent[] = []
  readonly errors: unknown[] = []

  constructor(jobs: readonly AnyJob[], options: SceneOptions = {}) {
    this.clock = options.clock ?? new FakeClock()
    this.database = options.database ?? new MemoryDatabase({ clock: this.clock })
    const driver = memoryDriver({ clock: this.clock, database: this.database })
    this.driver = options.extend?.(driver, this.database) ?? driver
    const { wakeups: _wakeups, ...silent } = this.driver
    this.queue = new Queue({
      driver: faultyDriver(options.silent === true ? silent : this.driver, this.faults),
      jobs,
      clock: this.clock,
      random: seededRandom(options.seed ?? 1),
      onError: (error) => this.errors.push(error),
    })
    for (const name of eventNames) this.queue.on(name, (payload) => this.events.push({ name, payload }))
  }

  worker(options: WorkerOptions = {}) {
    return this.queue.createWorker({ name: 'w', ...options })
  }

  /** Dispatches one job and returns its id. */
  async dispatch(job: AnyJob, payload: unknown = {}, options: object = {}): Promise<string> {
    const { id } = await this.queue.dispatch(job, payload as never, options)
    return id
  }

  async state(id: string): Promise<string | undefined> {
    return (await this.queue.find(id))?.state
  }

  async outcomes(id: string): Promise<readonly string[]> {
    const job = await this.queue.find(id, { history: true })
    return (job?.history ?? []).map(({ outcome }) => outcome)
  }

  of<Name extends QueueEventName>(name: Name): QueueEvents[Name][] {
    return this.events.filter((event) => event.name === name).map((event) => event.payload as QueueEvents[Name])
  }
}

const eventNames = [
  'job:started',
  'job:progress',
  'job:finished',
  'job:retrying',
  'job:failed',
  'job:cancelled',
  'job:snoozed',
  'job:released',
  'job:lost',
  'job:stuck',
  'job:reaped',
  'job:expired',
  'worker:started',
  'worker:stopping',
  'worker:stopped',
  'warning',
  'error',
] as const satisfies readonly QueueEventName[]

/** A job made of a handler, for tests that care about the handler alone. */
export function job(handle: Job<never>['handle'], options: Partial<Job> = {}): AnyJob {
  return { type: 'work', ...options, handle } as AnyJob
}

/** A promise and what ends it. */
export function gate<T = void>() {
  let resolve!: (value: T) => void
  let reject!: (reason: Error) => void
  const promise = new Promise<T>((...ends) => ([resolve, reject] = ends))
  return { promise, resolve, reject }
}

/** A job whose runs end one by one, each when the test says so; `signals` are those of the runs. */
export function steppedJob() {
  const runs: ReturnType<typeof gate<unknown>>[] = []
  const signals: AbortSignal[] = []
  const work = job((_payload, { signal }) => {
    const run = gate<unknown>()
    runs.push(run)
    signals.push(signal)
    return run.promise
  })
  return { work, runs, signals }
}

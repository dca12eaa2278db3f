import assert from 'node:assert/strict'
import type { ClaimedJob, JobId, NewJobRecord, ReapReply, StorageDriver, StoredJob } from '@goplate/queue-core'
import { driverAt } from '../driver-at.ts'
import { ActingWorker, leaseMs, type ClaimOptions } from './acting-worker.ts'
import type { DriverUnderTest } from './driver-harness.ts'

/** Far from any real clock, so that a verb that does not use the `now` of its request is found out. */
const start = Date.UTC(2040, 0, 1)

/** What a case acts in: one empty database, its own time, and words for what cases do again and again. */
export class World {
  readonly under: DriverUnderTest
  readonly driver: StorageDriver
  /** A worker for cases that need only one. */
  readonly worker: ActingWorker
  readonly #others: StorageDriver[] = []
  #now = start

  constructor(under: DriverUnderTest) {
    this.under = under
    this.driver = this.timed(under.driver)
    this.worker = new ActingWorker('worker-1', this.driver)
  }

  now(): number {
    return this.#now
  }

  advance(milliseconds: number): void {
    this.#now += milliseconds
  }

  /** The driver with this world's time in every request. */
  timed(driver: StorageDriver): StorageDriver {
    return driverAt(driver, () => this.#now)
  }

  named(name: string): ActingWorker {
    return new ActingWorker(name, this.driver)
  }

  /** Workers as so many processes would be: each with a driver of its own over the same database. */
  async workers(count: number): Promise<readonly ActingWorker[]> {
    const workers: ActingWorker[] = []
    for (let index = 1; index <= count; index++) {
      workers.push(new ActingWorker(`worker-${index}`, await this.independent()))
    }
    return workers
  }

  /** A driver as another process would have it, where the harness can make one. */
  async independent(): Promise<StorageDriver> {
    if (this.under.independent === undefined) return this.driver
    const driver = await this.under.independent()
    this.#others.push(driver)
    return this.timed(driver)
  }

  /** Stores jobs that are all created; returns their ids in order. */
  async dispatch(...jobs: readonly Partial<NewJobRecord>[]): Promise<readonly JobId[]> {
    const reply = await this.driver.dispatch({ jobs: jobs.map(newJob), caller: {} })
    assert(reply.stored, 'the dispatch was refused')
    assert(
      reply.receipts.every(({ created }) => created),
      'a unique key was held',
    )
    return reply.receipts.map(({ id }) => id)
  }

  async dispatchOne(job: Partial<NewJobRecord> = {}): Promise<JobId> {
    const [id] = await this.dispatch(job)
    return id!
  }

  /** Dispatches and claims one job. */
  async running(job: Partial<NewJobRecord> = {}, options: ClaimOptions = {}): Promise<ClaimedJob> {
    await this.dispatch(job)
    return this.worker.claimOne(options)
  }

  async find(id: JobId, options: { readonly history?: boolean } = {}): Promise<StoredJob> {
    const [job] = await this.driver.find({ ids: [id], ...options })
    assert(job, `there is no job ${id}`)
    return job
  }

  /** Lets every lease run out, sees it twice and takes it away. */
  async reapAll(): Promise<ReapReply> {
    this.advance(leaseMs + 1)
    const { expired } = await this.driver.reap({ confirmed: [] })
    return this.driver.reap({ confirmed: expired })
  }

  /** Claims one job, solo if it crashed before, and loses its lease. */
  async crash(options: ClaimOptions = {}): Promise<ReapReply> {
    await this.worker.claimOne(options)
    return this.reapAll()
  }

  async close(): Promise<void> {
    for (const driver of this.#others) await driver.close()
    await this.under.driver.close()
  }
}

/** A valid record; the defaults are what no case cares about. */
export function newJob(fields: Partial<NewJobRecord> = {}): NewJobRecord {
  return {
    type: 'alpha',
    queue: 'default',
    payload: '{}',
    priority: 0,
    maxAttempts: 3,
    maxCrashes: 3,
    ...fields,
  }
}

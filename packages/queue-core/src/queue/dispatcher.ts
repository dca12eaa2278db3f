import type { DispatchRequest } from '../driver/storage-driver.ts'
import { DuplicateJobError, InvalidOptionError, UnknownJobError, UnsupportedError } from '../errors.ts'
import type { DispatchOptions } from '../job/job.ts'
import type { RegisteredJob } from '../job/registered-job.ts'
import type { JobId, NewJobRecord } from '../job/stored-job.ts'
import type { Runtime } from '../runtime.ts'
import { dispatchOptionNames, newJobRecord } from './new-job-record.ts'

/** One call is one step: all its jobs or none. Larger amounts belong in several calls. */
const maxJobsPerCall = 10_000

/** One job of a dispatch, before anything was checked. */
export interface DispatchItem {
  readonly type: string
  readonly payload: unknown
  readonly options?: DispatchOptions | undefined
}

export interface DispatchedJob {
  readonly id: JobId
  readonly created: boolean
}

/** Turns what users say into what drivers store, and the driver's answer into what users expect. */
export class Dispatcher {
  readonly #runtime: Runtime
  readonly #queues: ReadonlySet<string>

  constructor(runtime: Runtime) {
    this.#runtime = runtime
    this.#queues = new Set(runtime.jobs.all.map(({ queue }) => queue))
  }

  /** Validates at once; the driver stores with the next flush of the caller's unit of work. Throws `UnsupportedError`. */
  async stage(items: readonly DispatchItem[], caller: object): Promise<void> {
    const { driver } = this.#runtime
    if (driver.transactions?.stage === undefined) throw new UnsupportedError(driver.name, 'persist')
    const jobs = await Promise.all(items.map((item) => this.#record(item)))
    await driver.transactions.stage({ jobs, caller })
  }

  /** Validates everything first: the driver sees all the jobs or none. */
  async dispatch(items: readonly DispatchItem[], caller: object): Promise<readonly DispatchedJob[]> {
    if (items.length > maxJobsPerCall)
      throw new InvalidOptionError(
        'jobs',
        `${items.length} in one call; the limit is ${maxJobsPerCall}, dispatch in parts`,
      )
    const jobs = await Promise.all(items.map((item) => this.#record(item)))
    return this.#store({ jobs, caller })
  }

  /** Splits the options of one call into core's and the driver's. Throws `InvalidOptionError` for any other. */
  split(options: object | undefined): { readonly options: DispatchOptions; readonly caller: object } {
    const own: Record<string, unknown> = {}
    const caller: Record<string, unknown> = {}
    for (const [name, value] of Object.entries(options ?? {})) {
      if (dispatchOptionNames.has(name)) own[name] = value
      else if (this.#runtime.driver.callerOptions.includes(name)) caller[name] = value
      else throw new InvalidOptionError(name, 'is not an option of dispatch')
    }
    return { options: own, caller }
  }

  async #record(item: DispatchItem): Promise<NewJobRecord> {
    const record = await newJobRecord(this.#registered(item.type), item.payload, item.options)
    if (!this.#queues.has(record.queue)) this.#refuseQueue(record.queue)
    return record
  }

  /** A misspelt queue would take jobs for ever and no worker would ever look there. */
  #refuseQueue(queue: string): never {
    const known = [...this.#queues].map((name) => `"${name}"`).join(', ')
    throw new InvalidOptionError('queue', `no registered job belongs to the queue "${queue}"; known: ${known}`)
  }

  #registered(type: string): RegisteredJob {
    const job = this.#runtime.jobs.get(type)
    if (job === undefined) throw new UnknownJobError(type)
    return job
  }

  async #store(request: DispatchRequest): Promise<readonly DispatchedJob[]> {
    const reply = await this.#runtime.driver.dispatch(request)
    if (!reply.stored) {
      const { unique, type } = request.jobs[reply.conflict.index]!
      throw new DuplicateJobError(type, unique?.key.slice(type.length + 1) ?? '', reply.conflict.holder)
    }
    reply.receipts.forEach((receipt, index) => {
      const job = request.jobs[index]!
      const { type, queue } = job
      const delayMs = receipt.created ? this.#delayOf(job) : 0
      const facts = { jobId: receipt.id, type, queue, created: receipt.created }
      this.#runtime.events.emit('job:dispatched', { ...facts, ...(delayMs > 0 && { delayMs }) })
    })
    return reply.receipts
  }

  /** As far as this process can tell: an instant is the database's to judge. */
  #delayOf({ delayMs, availableAt }: NewJobRecord): number {
    if (availableAt === undefined) return delayMs ?? 0
    return availableAt - this.#runtime.clock.wall()
  }
}

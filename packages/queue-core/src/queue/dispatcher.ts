import type { DispatchRequest } from '../driver/storage-driver.ts'
import { DuplicateJobError, InvalidOptionError, UnknownJobError, UnsupportedError } from '../errors.ts'
import type { DispatchOptions } from '../job/job-options.ts'
import type { NewJob } from '../job/job-definition.ts'
import type { StoredDraft } from '../job/middleware.ts'
import type { RegisteredJob } from '../job/registered-job.ts'
import type { NewJobRecord } from '../job/stored-job.ts'
import type { Runtime } from '../runtime.ts'
import { Backlog, type MaxPending } from './backlog.ts'
import { dispatchThrough } from './dispatch-through.ts'
import { dispatchOptionNames, newJobRecord } from './new-job-record.ts'
import { refuseRepeatedKeys } from './refuse-repeated-keys.ts'

/** One call is one step: all its jobs or none. Larger amounts belong in several calls. */
const maxJobsPerCall = 10_000

/** One job of a dispatch, before anything was checked. */
export interface DispatchItem {
  readonly type: string
  readonly payload: unknown
  readonly options?: DispatchOptions | undefined
}

/** What is dispatched: a job's type, and what is given for it. */
type Typed = Pick<DispatchItem, 'type'>

/** Turns what users say into what drivers store, and the driver's answer into what users expect. */
export class Dispatcher {
  readonly #runtime: Runtime
  readonly #queues: ReadonlySet<string>
  readonly #backlog: Backlog

  /** Throws `InvalidOptionError` for a limit out of range. */
  constructor(runtime: Runtime, maxPending: MaxPending | undefined) {
    this.#runtime = runtime
    this.#queues = new Set(runtime.jobs.all.map(({ queue }) => queue))
    this.#backlog = new Backlog(maxPending, { ...runtime, queues: this.#queues })
  }

  async one({ type }: Typed, payload: unknown, options: object | undefined): Promise<StoredDraft> {
    const { caller, own } = this.#split(options)
    const [stored] = await this.#dispatch([{ type, payload, options: own }], caller)
    return stored!
  }

  async many({ type }: Typed, payloads: readonly unknown[], options: object | undefined): Promise<StoredDraft[]> {
    const { caller, own } = this.#split(options)
    const items = payloads.map((payload) => ({ type, payload, options: own }))
    return this.#dispatch(items, caller)
  }

  async all(jobs: readonly NewJob<string, unknown>[], options: object | undefined): Promise<StoredDraft[]> {
    const { caller } = this.#split(options)
    const items = jobs.map((job) => {
      const split = this.#split(job.options)
      const [misplaced] = Object.keys(split.caller)
      if (misplaced !== undefined)
        throw new InvalidOptionError(misplaced, 'belongs to the whole call, not to one of its jobs')
      return { type: job.type, payload: job.payload, options: split.own }
    })
    return this.#dispatch(items, caller)
  }

  /** Validates at once; the driver stores with the next flush of the caller's unit of work. Throws `UnsupportedError`. */
  async stage({ type }: Typed, payload: unknown, options: object): Promise<void> {
    const { transactions, name } = this.#runtime.driver
    if (transactions?.stage === undefined) throw new UnsupportedError(name, 'persist')
    const { caller, own } = this.#split(options)
    await dispatchThrough(this.#runtime.middleware, [{ type, payload, options: own }], async (items) => {
      await transactions.stage!({ jobs: await this.#records(items), caller })
      return items.map(() => undefined)
    })
  }

  /** Validates everything first: the driver sees all the jobs or none. */
  async #dispatch(items: readonly DispatchItem[], caller: object): Promise<StoredDraft[]> {
    if (items.length > maxJobsPerCall)
      throw new InvalidOptionError(
        'jobs',
        `${items.length} in one call; the limit is ${maxJobsPerCall}, dispatch in parts`,
      )
    const stored = await dispatchThrough(this.#runtime.middleware, items, async (drafted) =>
      this.#store({ jobs: await this.#records(drafted), caller }),
    )
    return stored as StoredDraft[]
  }

  /** Splits the options of one call into core's and the driver's. Throws `InvalidOptionError` for any other. */
  #split(options: object | undefined): { readonly own: DispatchOptions; readonly caller: object } {
    const own: Record<string, unknown> = {}
    const caller: Record<string, unknown> = {}
    for (const [name, value] of Object.entries(options ?? {})) {
      if (dispatchOptionNames.has(name)) own[name] = value
      else if (this.#runtime.driver.callerOptions.includes(name)) caller[name] = value
      else throw new InvalidOptionError(name, 'is not an option of dispatch')
    }
    return { own, caller }
  }

  async #records(items: readonly DispatchItem[]): Promise<NewJobRecord[]> {
    const records = await Promise.all(items.map((item) => this.#record(item)))
    refuseRepeatedKeys(records)
    return records
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

  async #store(request: DispatchRequest): Promise<readonly StoredDraft[]> {
    const reply = await this.#backlog.dispatch(request)
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

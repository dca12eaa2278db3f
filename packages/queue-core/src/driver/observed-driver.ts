import type { Clock } from '../clock.ts'
import { QueueClosedError, QueueError, StorageError } from '../errors.ts'
import type { SettlementVerdict } from '../job/claimed-job.ts'
import type { StoredJob } from '../job/stored-job.ts'
import { Listeners } from '../listeners.ts'
import type { DriverCapabilities } from './driver-capabilities.ts'
import type {
  DriverExpiry,
  DriverMigrations,
  DriverPausing,
  DriverReports,
  DriverTransactions,
  DriverWakeups,
} from './driver-groups.ts'
import { observedExpiry, observedPausing, observedReports, type Observe } from './observed-groups.ts'
import type {
  CancelRequest,
  CancelVerdict,
  ClaimReply,
  ClaimRequest,
  CountRequest,
  DispatchReply,
  DispatchRequest,
  ExtendReply,
  ExtendRequest,
  FindRequest,
  JobCount,
  ListReply,
  ListRequest,
  PruneReply,
  PruneRequest,
  ReapReply,
  ReapRequest,
  RemoveRequest,
  RemoveVerdict,
  RetryRequest,
  RetryVerdict,
  SettleRequest,
  StorageDriver,
} from './storage-driver.ts'

/** One finished call of a driver verb. */
export interface DriverCall {
  readonly driver: string
  readonly verb: string
  readonly durationMs: number
  /** Jobs, ids, leases or settlements the call was about. */
  readonly size: number
  readonly error?: unknown
}

/**
 * Wraps any driver, once, so that drivers need not: every call is timed and reported, everything thrown is a
 * `QueueError`, a reply that does not fit its request is an error here and not a riddle later, empty requests never
 * reach the database, and a closed driver is not called again.
 */
export class ObservedDriver<Caller extends object> implements StorageDriver<Caller> {
  readonly #driver: StorageDriver<Caller>
  readonly #clock: Clock
  readonly #onCall: (call: DriverCall) => void
  readonly migrations?: DriverMigrations
  readonly transactions?: DriverTransactions<Caller>
  readonly wakeups?: DriverWakeups
  readonly reports?: DriverReports
  readonly pausing?: DriverPausing
  readonly expiry?: DriverExpiry
  readonly #cancelRequests = new Listeners<[CancelRequest]>()
  #closing: Promise<void> | undefined

  constructor(driver: StorageDriver<Caller>, clock: Clock, onCall: (call: DriverCall) => void) {
    this.#driver = driver
    this.#clock = clock
    this.#onCall = onCall
    if (driver.migrations !== undefined) this.migrations = driver.migrations
    if (driver.transactions !== undefined) this.transactions = driver.transactions
    if (driver.wakeups !== undefined) this.wakeups = driver.wakeups
    const observe: Observe = (verb, size, work) => this.#call(verb, size, work)
    if (driver.reports !== undefined) this.reports = observedReports(driver.reports, observe)
    if (driver.pausing !== undefined) this.pausing = observedPausing(driver.pausing, observe)
    if (driver.expiry !== undefined) this.expiry = observedExpiry(driver.expiry, observe)
  }

  get name(): string {
    return this.#driver.name
  }
  get capabilities(): DriverCapabilities {
    return this.#driver.capabilities
  }
  get callerOptions(): readonly string[] {
    return this.#driver.callerOptions
  }
  get closed(): boolean {
    return this.#closing !== undefined
  }

  runInScope<T>(work: () => Promise<T>): Promise<T> {
    return this.#driver.runInScope === undefined ? work() : this.#driver.runInScope(work)
  }

  async dispatch(request: DispatchRequest<Caller>): Promise<DispatchReply> {
    if (request.jobs.length === 0) return { stored: true, receipts: [] }
    const reply = await this.#call('dispatch', request.jobs.length, () => this.#driver.dispatch(request))
    if (reply.stored) this.#expectLength('dispatch', reply.receipts, request.jobs)
    return reply
  }

  async claim(request: ClaimRequest): Promise<ClaimReply> {
    const wanted = request.queues.reduce((sum, queue) => sum + queue.limit, 0)
    const reply = await this.#call('claim', wanted, () => this.#driver.claim(request))
    if (reply.jobs.length > wanted) this.#broken(`claim gave ${reply.jobs.length} jobs where ${wanted} were asked for`)
    return reply
  }

  async extend(request: ExtendRequest): Promise<ExtendReply> {
    if (request.leases.length === 0) return { held: [] }
    const reply = await this.#call('extend', request.leases.length, () => this.#driver.extend(request))
    const asked = new Set(request.leases)
    if (reply.held.some((lease) => !asked.has(lease.leaseId)))
      this.#broken('extend named a lease that was not asked for')
    return reply
  }

  async settle(request: SettleRequest): Promise<readonly SettlementVerdict[]> {
    const size = request.settlements.length
    if (size === 0) return []
    const verdicts = await this.#call('settle', size, () => this.#driver.settle(request))
    return this.#expectLength('settle', verdicts, request.settlements)
  }

  reap(request: ReapRequest): Promise<ReapReply> {
    return this.#call('reap', request.confirmed.length, () => this.#driver.reap(request))
  }

  async cancel(request: CancelRequest): Promise<readonly CancelVerdict[]> {
    if (request.ids.length === 0) return []
    const verdicts = await this.#call('cancel', request.ids.length, () => this.#driver.cancel(request))
    if (verdicts.includes('requested')) this.#cancelRequests.tell(request)
    return this.#expectLength('cancel', verdicts, request.ids)
  }

  async retry(request: RetryRequest): Promise<readonly RetryVerdict[]> {
    if (request.ids.length === 0) return []
    const verdicts = await this.#call('retry', request.ids.length, () => this.#driver.retry(request))
    return this.#expectLength('retry', verdicts, request.ids)
  }

  async find(request: FindRequest): Promise<readonly StoredJob[]> {
    if (request.ids.length === 0) return []
    return this.#call('find', request.ids.length, () => this.#driver.find(request))
  }

  list(request: ListRequest): Promise<ListReply> {
    return this.#call('list', request.limit, () => this.#driver.list(request))
  }

  count(request: CountRequest): Promise<readonly JobCount[]> {
    return this.#call('count', 0, () => this.#driver.count(request))
  }

  prune(request: PruneRequest): Promise<PruneReply> {
    return this.#call('prune', request.limit, () => this.#driver.prune(request))
  }

  async remove(request: RemoveRequest): Promise<readonly RemoveVerdict[]> {
    if (request.ids.length === 0) return []
    const verdicts = await this.#call('remove', request.ids.length, () => this.#driver.remove(request))
    return this.#expectLength('remove', verdicts, request.ids)
  }

  /** Calls the listener after a cancel that was asked for here, whether or not the driver tells of those elsewhere. */
  onCancelRequested(listener: (request?: CancelRequest) => void): () => void {
    const ends = [this.#cancelRequests.add(listener), this.wakeups?.onCancelRequested?.(() => listener())]
    return () => ends.forEach((end) => end?.())
  }

  close(): Promise<void> {
    this.#closing ??= this.#driver.close()
    return this.#closing
  }

  async #call<T>(verb: string, size: number, work: () => Promise<T>): Promise<T> {
    if (this.#closing !== undefined) throw new QueueClosedError()
    const started = this.#clock.monotonic()
    const report = (error?: unknown) => {
      const durationMs = this.#clock.monotonic() - started
      this.#onCall({ driver: this.name, verb, size, durationMs, ...(error === undefined ? {} : { error }) })
    }
    try {
      const reply = await work()
      report()
      return reply
    } catch (thrown) {
      const error = QueueError.isInstance(thrown)
        ? thrown
        : new StorageError('other', `The ${this.name} driver failed to ${verb}: ${String(thrown)}`, { cause: thrown })
      report(error)
      throw error
    }
  }

  #expectLength<T>(verb: string, reply: readonly T[], request: readonly unknown[]): readonly T[] {
    if (reply.length !== request.length) this.#broken(`${verb} answered ${reply.length} of ${request.length}`)
    return reply
  }

  #broken(what: string): never {
    throw new StorageError('other', `The ${this.name} driver broke its contract: ${what}.`)
  }
}

import type { ClaimedJob, Settlement, SettlementVerdict } from '../job/claimed-job.ts'
import type { EndedState, JobState } from '../job/job-state.ts'
import type { JobId, LeaseId, NewJobRecord, StoredJob } from '../job/stored-job.ts'
import type { DriverCapabilities } from './driver-capabilities.ts'
import type {
  DriverExpiry,
  DriverMigrations,
  DriverPausing,
  DriverReports,
  DriverTransactions,
  DriverWakeups,
} from './driver-groups.ts'
import type { Timed } from './timed.ts'

/**
 * How jobs are stored. A driver only stores: core has validated every value, fills in every default, decides every
 * outcome and observes every call. Each verb is one atomic step; all are safe to call from any number of processes.
 * Every rule has an id and a sentence: `contractRules` of `@goplate/queue-testing/conformance`, where the suite proves it.
 *
 * `Caller` is the object of extra dispatch options the driver understands (an entity manager, a client), handed
 * through core unread.
 *
 * Time: durations cross this seam, not instants, and the database's clock decides. `now` in a request exists for
 * tests; a driver must use it instead of its clock, for that call, wherever time matters.
 *
 * Errors: a verb that cannot do its work throws. `StorageError` says whether it is worth trying again; what is lost
 * or refused by the rules is an answer, never an exception. A driver bounds every call with a timeout of its own, well
 * below the lease, and then throws: core waits for the answer, and a call that never ends stops what depends on it.
 */
export interface StorageDriver<Caller extends object = object> {
  /** For log lines and errors: `memory`, `postgresql`, `sqlite`. */
  readonly name: string
  readonly capabilities: DriverCapabilities
  /** Names of the extra dispatch options in `Caller`. Core refuses every other unknown option. */
  readonly callerOptions: readonly string[]

  /** Stores all jobs of the call, or none of them. */
  dispatch(request: DispatchRequest<Caller>): Promise<DispatchReply>
  /** Makes due what has become due, then takes due jobs under one new lease. */
  claim(request: ClaimRequest): Promise<ClaimReply>
  /** Moves the end of exactly these leases to `leaseMs` from now. */
  extend(request: ExtendRequest): Promise<ExtendReply>
  /** Writes what claims came to. One verdict per settlement, in order. */
  settle(request: SettleRequest): Promise<readonly SettlementVerdict[]>
  /** Takes away the confirmed leases if they are unchanged and still expired; tells which leases are expired now. */
  reap(request: ReapRequest): Promise<ReapReply>
  /** Ends waiting jobs; marks running ones, whose next settlement or lost lease then ends them as cancelled. */
  cancel(request: CancelRequest): Promise<readonly CancelVerdict[]>
  /**
   * Reopens ended jobs: due now, with new attempt and crash budgets, and without an expiry that is over; history stays and
   * epochs go on.
   */
  retry(request: RetryRequest): Promise<readonly RetryVerdict[]>
  /** The jobs with these ids, in the order of the ids; unknown ids are left out. */
  find(request: FindRequest): Promise<readonly StoredJob[]>
  /** One page of jobs, newest dispatch first. */
  list(request: ListRequest): Promise<ListReply>
  count(request: CountRequest): Promise<readonly JobCount[]>
  /** One bounded step of a walk that removes jobs which ended long enough ago. */
  prune(request: PruneRequest): Promise<PruneReply>
  /** Removes ended jobs at once, whatever their age. */
  remove(request: RemoveRequest): Promise<readonly RemoveVerdict[]>
  /** Gives back everything the driver itself opened. The application's own connection stays open. Repeating is fine. */
  close(): Promise<void>

  /**
   * Wraps each handler run: outside of any transaction of the caller, in whatever fresh context the application's code
   * expects (an identity map of its own). Absent: handlers run as they are.
   */
  runInScope?<T>(work: () => Promise<T>): Promise<T>

  readonly migrations?: DriverMigrations
  readonly transactions?: DriverTransactions<Caller>
  readonly wakeups?: DriverWakeups
  readonly reports?: DriverReports
  readonly pausing?: DriverPausing
  readonly expiry?: DriverExpiry
}

export interface DispatchRequest<Caller extends object = object> extends Timed {
  readonly jobs: readonly NewJobRecord[]
  /** The caller's extra dispatch options; `{}` when there are none. */
  readonly caller: Caller
}
/**
 * `stored`: one receipt per job, in order; `created: false` names the job that holds the unique key.
 * Not `stored`: a job with `onConflict: 'reject'` met a held key. Nothing was stored and the caller's transaction,
 * if any, is still usable.
 */
export type DispatchReply =
  | { readonly stored: true; readonly receipts: readonly DispatchReceipt[] }
  | { readonly stored: false; readonly conflict: { readonly index: number; readonly holder: JobId } }
export interface DispatchReceipt {
  readonly id: JobId
  readonly created: boolean
}

export interface ClaimRequest extends Timed {
  /** New random bits for every call; the lease exists only if jobs were taken. */
  readonly leaseId: LeaseId
  readonly leaseMs: number
  /** The worker's name, for people. */
  readonly worker: string
  /** How many jobs of which queues; limits ≥ 0. With limits of 0 the call only promotes and tells. */
  readonly queues: readonly { readonly queue: string; readonly limit: number }[]
  /** The types this worker can run. Others are passed over and do not use up a limit. */
  readonly types: readonly string[]
  /** Take only jobs that crashed before, else only jobs that did not. */
  readonly solo: boolean
  /** Tell in the reply what is overdue, if the driver can in the same step: a worker that is idle then asks once. */
  readonly look?: boolean
}
export interface ClaimReply {
  /** By queue in the order asked, within it by priority, then time due, then order of dispatch. */
  readonly jobs: readonly ClaimedJob[]
  /** Milliseconds until the next delayed job of any queue is due; absent when there is none. */
  readonly nextDueInMs?: number
  /** A crashed job of these queues and types is due and waits for a worker that runs it alone. */
  readonly soloWaiting: boolean
  /** Answers `look`. Absent from drivers that do not look: `reap` and `expire` are then called on their own. */
  readonly overdue?: Overdue
}
export interface Overdue {
  /** Leases that are expired now, as `reap` tells them. */
  readonly leases: readonly LeaseSighting[]
  /** Some waiting job's `expiresAt` has passed. */
  readonly jobs: boolean
}

export interface ExtendRequest extends Timed {
  readonly leases: readonly LeaseId[]
  readonly leaseMs: number
}
export interface ExtendReply {
  /** The leases that stand, with the jobs in them whose cancel was asked. A lease that is missing here is lost. */
  readonly held: readonly { readonly leaseId: LeaseId; readonly cancelled: readonly JobId[] }[]
}

export interface SettleRequest extends Timed {
  readonly worker: string
  readonly settlements: readonly Settlement[]
}

/** An expired lease as a reaper saw it. `seen` is the driver's own mark of that state; core hands it back unread. */
export interface LeaseSighting {
  readonly leaseId: LeaseId
  readonly seen: string
}
export interface ReapRequest extends Timed {
  /** Sightings at least one heartbeat old by the reaper's monotonic clock. */
  readonly confirmed: readonly LeaseSighting[]
}
export interface ReapReply {
  readonly expired: readonly LeaseSighting[]
  readonly reaped: readonly ReapedJob[]
}
export interface ReapedJob {
  readonly jobId: JobId
  readonly type: string
  readonly queue: string
  readonly epoch: number
  readonly crashes: number
  /** The attempt that ran. */
  readonly attempt: number
  readonly maxAttempts: number
  /** Where the crash sent it. */
  readonly to: 'pending' | 'failed' | 'cancelled'
}

export interface CancelRequest extends Timed {
  readonly ids: readonly JobId[]
  readonly reason?: string
}
export type CancelVerdict = 'cancelled' | 'requested' | 'ended' | 'missing'

export interface RetryRequest extends Timed {
  readonly ids: readonly JobId[]
  /** Which ended states may be reopened. */
  readonly from: readonly EndedState[]
}
/** `refused`: not in one of the states asked for. `conflict`: another job holds its unique key. */
export type RetryVerdict = 'retried' | 'refused' | 'conflict' | 'missing'

export interface FindRequest extends Timed {
  readonly ids: readonly JobId[]
  readonly history?: boolean
}

export interface JobFilter {
  readonly queues?: readonly string[]
  readonly types?: readonly string[]
  readonly states?: readonly JobState[]
}
export interface ListRequest extends Timed {
  readonly filter: JobFilter
  /** 1 … 1000. */
  readonly limit: number
  /** `next` of the page before. */
  readonly after?: string
}
export interface ListReply {
  readonly jobs: readonly StoredJob[]
  /** Absent on the last page. A page may be shorter than `limit`, even empty, and still have a next one. */
  readonly next?: string
}

export interface CountRequest extends Timed {
  readonly filter: JobFilter
}
export interface JobCount {
  readonly queue: string
  readonly state: JobState
  readonly count: number
  /** Pending jobs that are due: how many, and for how many milliseconds the oldest has waited. */
  readonly due?: { readonly count: number; readonly oldestMs: number }
}

export interface PruneRequest extends Timed {
  /** `next` of the step before; absent starts a new walk. */
  readonly after?: string
  /** How many jobs the step looks at. */
  readonly limit: number
  readonly retention: Retention
}
/** How long ended jobs are kept, in milliseconds; absent keeps them for ever. */
export interface RetentionTimes {
  readonly finishedMs?: number
  readonly failedMs?: number
  readonly cancelledMs?: number
}
export interface Retention extends RetentionTimes {
  /** Replaces the times above, as a whole, for jobs of these types. */
  readonly types?: Readonly<Record<string, RetentionTimes>>
}
export interface PruneReply {
  readonly removed: number
  /** Absent when the walk has reached its end. */
  readonly next?: string
}

export interface RemoveRequest extends Timed {
  readonly ids: readonly JobId[]
}
export type RemoveVerdict = 'removed' | 'not_ended' | 'missing'

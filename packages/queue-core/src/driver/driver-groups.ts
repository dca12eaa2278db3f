import type { ClaimRef, Settlement, SettlementVerdict } from '../job/claimed-job.ts'
import type { Transaction } from '../job/job.ts'
import type { JobId } from '../job/stored-job.ts'
import type { DispatchRequest } from './storage-driver.ts'
import type { Timed } from './timed.ts'

/* The groups a driver may lack. Each is present exactly when its capability is set. */

export interface DriverMigrations {
  /**
   * Brings the schema to the version of this driver; safe in any number of processes at once. A newer one that this
   * driver may use stays as it is; one that it may not use throws `SchemaError`.
   */
  migrate(): Promise<{ readonly from: number; readonly to: number }>
  /**
   * Compares the schema with the version of this driver and changes nothing. `current` may be newer than `wanted`; one
   * that this driver may not use throws `SchemaError`.
   */
  check(): Promise<{ readonly current: number; readonly wanted: number }>
}

export interface DriverTransactions<Caller extends object = object> {
  /** True when a dispatch with this caller, made now, would join a running transaction. */
  joins(caller: Caller): boolean
  /** Whether the dispatch of this job was committed; absent when the database cannot tell. */
  wasCommitted?(id: JobId): Promise<boolean>
  /**
   * Runs `work` in a transaction of its own, then writes the settlement it resolves to inside that transaction, fenced
   * like any other, and commits both or neither. `applied`: both are committed. Any other verdict, and anything thrown,
   * has rolled both back: also `cancelled`, which leaves the job running, still marked, for a settlement without writes.
   */
  complete(request: CompleteRequest<Caller>): Promise<SettlementVerdict>
  /**
   * Stores the jobs with the next flush of the caller's unit of work, in its transaction, or never if that is rolled
   * back or given up. A held key with `onConflict: 'reject'` fails that flush. Absent: there is no unit of work. `now` of the
   * last call before the flush counts for all it stores.
   */
  stage?(request: DispatchRequest<Caller>): Promise<void>
}
export interface CompleteRequest<Caller extends object = object> extends Timed {
  readonly worker: string
  readonly claim: ClaimRef
  /** `caller` dispatches inside the transaction. */
  readonly work: (transaction: Transaction, caller: Caller) => Promise<Settlement>
}

export interface DriverWakeups {
  /**
   * Calls the listener after jobs that are due became visible to others: after the outermost commit, never before and
   * never after a rollback. It may be called for nothing and may miss some; a poll stays the truth. Returns the end.
   * What it needs to hear of other processes it opens with the first listener and gives back with the last.
   */
  subscribe(listener: (queues: readonly string[]) => void): () => void
  /**
   * Calls the listener after a running job was asked to stop, by this driver or another: whoever holds jobs then extends
   * its leases at once, and learns which. A hint like the one above; the reply to the next extension stays the truth.
   * Absent: other processes learn of it with their next extension, up to a third of a lease later. Returns the end.
   */
  onCancelRequested?(listener: () => void): () => void
  /** Whether it hears of jobs that other processes dispatched. Then a worker may poll five times less. */
  readonly fromOtherProcesses: boolean
}

export interface DriverReports {
  /** Keeps what handlers told of running jobs, fenced: a report of a claim that does not hold changes nothing. */
  report(request: ReportRequest): Promise<void>
  /** The log lines of a job in the order they were told, `after` a number of lines. */
  lines(request: LinesRequest): Promise<readonly StoredLogLine[]>
}
export interface ReportRequest extends Timed {
  readonly worker: string
  readonly reports: readonly AttemptReport[]
}
export interface AttemptReport {
  readonly claim: ClaimRef
  /** 0 … 100. Found again as `progress` of the job until it is removed. */
  readonly percent?: number
  /** Lines of this attempt; `line` counts from 1 within the epoch, so a repeated report writes nothing twice. */
  readonly lines?: readonly LogLine[]
}
export interface LogLine {
  readonly line: number
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  /** At most 2 KiB, without NUL. */
  readonly message: string
}
export interface StoredLogLine extends LogLine {
  readonly epoch: number
  /** Epoch milliseconds, by the database. */
  readonly at: number
}
export interface LinesRequest extends Timed {
  readonly id: JobId
  /** How many lines to leave out. */
  readonly after: number
  /** 1 … 1000. */
  readonly limit: number
}

/** What stands still: every claim of a queue, or of a type. Running jobs go on. */
export interface DriverPausing {
  /** Also replaces the reason and the end of a pause that is there. In force for every claim that begins afterwards. */
  pause(request: PauseRequest): Promise<void>
  /** False when there was none. */
  resume(request: PauseTarget): Promise<boolean>
  /** The pauses in force. */
  paused(request: Timed): Promise<readonly Pause[]>
}
export interface PauseTarget extends Timed {
  readonly kind: 'queue' | 'type'
  readonly name: string
}
export interface PauseRequest extends PauseTarget {
  readonly reason?: string
  /** Ends by itself after so many milliseconds of the database's clock; absent: by `resume` only. */
  readonly forMs?: number
}
export interface Pause {
  readonly kind: 'queue' | 'type'
  readonly name: string
  readonly reason?: string
  readonly since: number
  readonly until?: number
}

export interface DriverExpiry {
  /** Fails, as `expired`, up to `limit` jobs that wait although their `expiresAt` has passed. */
  expire(request: ExpireRequest): Promise<readonly ExpiredJob[]>
}
export interface ExpireRequest extends Timed {
  readonly limit: number
}
export interface ExpiredJob {
  readonly jobId: JobId
  readonly type: string
  readonly queue: string
  /** Attempts used; 0 if it never ran. */
  readonly attempt: number
  readonly maxAttempts: number
}

import { noCapabilities } from '@goplate/queue-core'
import type {
  CancelRequest,
  CancelVerdict,
  ClaimReply,
  ClaimRequest,
  CountRequest,
  DispatchReply,
  DispatchRequest,
  DriverExpiry,
  DriverMigrations,
  DriverPausing,
  DriverReports,
  DriverTransactions,
  DriverWakeups,
  ExtendReply,
  ExtendRequest,
  FindRequest,
  JobCount,
  ListReply,
  ListRequest,
  PauseTarget,
  PruneReply,
  PruneRequest,
  ReapReply,
  ReapRequest,
  RemoveRequest,
  RemoveVerdict,
  RetryRequest,
  RetryVerdict,
  SettlementVerdict,
  SettleRequest,
  StorageDriver,
  StoredJob,
  Timed,
} from '@goplate/queue-core'
import type { MikroORM } from '@mikro-orm/core'
import type { CommitWake } from '../commit-wake.ts'
import { joinsTransaction, type MikroOrmCaller } from '../entity-manager.ts'
import { runInScope } from '../handler-scope.ts'
import { jobIdOf } from '../ledger/job-id.ts'
import type { StagedJobs } from '../staged-jobs.ts'
import type { Place, SqliteConnection } from './connection.ts'
import { nowOf } from './now-of.ts'
import { checkSchema, migrate } from './schema/migrate.ts'
import type { Session } from './session.ts'
import { idRange } from './statements/id-range.ts'
import { sweepLeases } from './statements/sweep-leases.ts'
import { completeJob } from './transactions.ts'
import { cancelJobs } from './verbs/cancel-jobs.ts'
import { claimJobs } from './verbs/claim-jobs.ts'
import { JobCounts } from './verbs/count-jobs.ts'
import { dispatchJobs, HeldKey } from './verbs/dispatch-jobs.ts'
import { expireJobs } from './verbs/expire-jobs.ts'
import { extendLeases } from './verbs/extend-leases.ts'
import { findJobs } from './verbs/find-jobs.ts'
import { listJobs } from './verbs/list-jobs.ts'
import { pausedJobs, pauseJobs, resumeJobs } from './verbs/pause-jobs.ts'
import { pruneJobs } from './verbs/prune-jobs.ts'
import { reapLeases } from './verbs/reap-leases.ts'
import { removeJobs } from './verbs/remove-jobs.ts'
import { linesOf, reportJobs } from './verbs/report-jobs.ts'
import { retryJobs } from './verbs/retry-jobs.ts'
import { settleJobs } from './verbs/settle-jobs.ts'
import { sqliteWakeups } from './wakeups.ts'

export interface SqliteDriverParts {
  readonly orm: MikroORM
  readonly connection: SqliteConnection
  readonly commitWake: CommitWake
  readonly stagedJobs: StagedJobs
  /** Whether to look for what other processes commit. */
  readonly watch: boolean
}

/** Leases whose every job was settled are swept by the claim, at most this often. */
const sweepEveryMs = 1000
/** How many ids one read of the count covers: some milliseconds of a blocked event loop. */
const countedAtOnce = 20_000

/**
 * Each verb is one synchronous piece of work in one transaction; this class picks the transaction and tells others
 * what became due. What a worker does (claim, extend, settle, reap, prune) never joins a transaction of the
 * application; what people do (dispatch, cancel, retry, look) joins the one it is called in.
 */
export class SqliteDriver implements StorageDriver<MikroOrmCaller> {
  readonly name = 'sqlite'
  readonly capabilities = {
    ...noCapabilities,
    ...{ migrations: true, transactions: true, wakeups: true, reports: true, pausing: true, expiry: true },
  }
  readonly callerOptions = ['em']
  readonly migrations: DriverMigrations
  readonly transactions: DriverTransactions<MikroOrmCaller>
  readonly wakeups: DriverWakeups
  readonly reports: DriverReports
  readonly pausing: DriverPausing
  readonly expiry: DriverExpiry
  readonly #orm: MikroORM
  readonly #connection: SqliteConnection
  readonly #commitWake: CommitWake
  #givenOut = 0
  #sweptAt = -Infinity

  constructor({ orm, connection, commitWake, stagedJobs, watch }: SqliteDriverParts) {
    this.#orm = orm
    this.#connection = connection
    this.#commitWake = commitWake
    this.migrations = {
      migrate: () => connection.write(migrate),
      check: () => connection.read(checkSchema),
    }
    this.transactions = {
      joins: ({ em }) => joinsTransaction(orm, em),
      complete: (request) => completeJob({ orm, connection, commitWake }, request),
      stage: stagedJobs.stageFor(this, orm),
    }
    this.wakeups = sqliteWakeups({ orm, connection, commitWake, watch })
    this.reports = {
      report: (request) => connection.write((session) => reportJobs(session, request, nowOf(request))),
      lines: (request) => connection.read((session) => linesOf(session, request)),
    }
    this.pausing = {
      pause: (request) => connection.writeJoining((session) => pauseJobs(session, request, nowOf(request))),
      resume: (request) => this.#resume(request),
      paused: (request) => connection.read((session) => pausedJobs(session, nowOf(request))),
    }
    this.expiry = {
      expire: (request) => connection.write((session) => expireJobs(session, request, nowOf(request))),
    }
  }

  async dispatch(request: DispatchRequest<MikroOrmCaller>): Promise<DispatchReply> {
    const { jobs, caller } = request
    if (jobs.length === 0) return { stored: true, receipts: [] }
    try {
      return await this.#joining(request, caller, (session, now) => {
        const { reply, dueQueues, lastId } = dispatchJobs(session, { jobs, now, givenOut: this.#givenOut })
        this.#givenOut = lastId
        return { reply, dueQueues }
      })
    } catch (error) {
      if (!(error instanceof HeldKey)) throw error
      return { stored: false, conflict: { index: error.index, holder: jobIdOf(error.holder) } }
    }
  }

  claim(request: ClaimRequest): Promise<ClaimReply> {
    return this.#connection.write((session) => {
      this.#sweepNowAndThen(session)
      return claimJobs(session, request, nowOf(request))
    })
  }

  extend(request: ExtendRequest): Promise<ExtendReply> {
    return this.#connection.write((session) => extendLeases(session, request, nowOf(request)))
  }

  async settle(request: SettleRequest): Promise<readonly SettlementVerdict[]> {
    const { verdicts, dueQueues } = await this.#connection.write((session) =>
      settleJobs(session, request, nowOf(request)),
    )
    this.#commitWake.tell(dueQueues)
    return verdicts
  }

  async reap(request: ReapRequest): Promise<ReapReply> {
    const reply = await this.#connection.write((session) => reapLeases(session, request, nowOf(request)))
    this.#commitWake.tell(new Set(reply.reaped.filter(({ to }) => to === 'pending').map(({ queue }) => queue)))
    return reply
  }

  cancel(request: CancelRequest): Promise<readonly CancelVerdict[]> {
    return this.#connection.writeJoining((session) => cancelJobs(session, request, nowOf(request)))
  }

  retry(request: RetryRequest): Promise<readonly RetryVerdict[]> {
    return this.#joining(request, {}, (session, now) => {
      const { verdicts, dueQueues } = retryJobs(session, request, now)
      return { reply: verdicts, dueQueues }
    })
  }

  find(request: FindRequest): Promise<readonly StoredJob[]> {
    return this.#connection.read((session) => findJobs(session, request))
  }

  list(request: ListRequest): Promise<ListReply> {
    return this.#connection.read((session) => listJobs(session, request))
  }

  /** A long history is counted in several reads, so that it blocks nobody; what ends meanwhile may count twice. */
  async count(request: CountRequest): Promise<readonly JobCount[]> {
    const counts = new JobCounts(request.filter)
    const { least, greatest } = await this.#connection.read((session) => {
      counts.addWaitingAndRunning(session, nowOf(request))
      return session.get(idRange)!
    })
    for (let after = (least ?? 1) - 1; after < (greatest ?? 0); after += countedAtOnce) {
      await this.#connection.read((session) => counts.addEnded(session, after, after + countedAtOnce))
    }
    return counts.result()
  }

  prune(request: PruneRequest): Promise<PruneReply> {
    return this.#connection.write((session) => pruneJobs(session, request, nowOf(request)))
  }

  remove(request: RemoveRequest): Promise<readonly RemoveVerdict[]> {
    return this.#connection.writeJoining((session) => removeJobs(session, request))
  }

  async close(): Promise<void> {
    this.#connection.close()
  }

  runInScope<T>(work: () => Promise<T>): Promise<T> {
    return runInScope(this.#orm, work)
  }

  #resume(request: PauseTarget): Promise<boolean> {
    return this.#joining(request, {}, (session, now) => {
      const { resumed, dueQueues } = resumeJobs(session, request, now)
      return { reply: resumed, dueQueues }
    })
  }

  /** Others are told when the caller's transaction commits, or at once when there is none. */
  async #joining<Reply>(
    request: Timed,
    { em }: MikroOrmCaller,
    verb: (session: Session, now: number) => { readonly reply: Reply; readonly dueQueues: ReadonlySet<string> },
  ): Promise<Reply> {
    const { reply, dueQueues, place } = await this.#connection.writeJoining((session, place: Place) => {
      const done = verb(session, nowOf(request))
      if (place !== undefined) this.#commitWake.mark(place.transaction, done.dueQueues)
      return { ...done, place }
    }, em)
    if (place === undefined) this.#commitWake.tell(dueQueues)
    return reply
  }

  #sweepNowAndThen(session: Session): void {
    const time = performance.now()
    if (time - this.#sweptAt < sweepEveryMs) return
    session.run(sweepLeases)
    this.#sweptAt = time
  }
}

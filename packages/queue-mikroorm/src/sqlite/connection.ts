import { StorageError, TransactionError, UnsupportedError } from '@goplate/queue-core'
import type { EntityManager, MikroORM } from '@mikro-orm/core'
import { ambientTransaction, resolveTransaction, type CallersTransaction } from '../entity-manager.ts'
import { makeDurable, type Synchronous } from './durability.ts'
import { isBusy, isStaleSnapshot, storageErrorOf } from './error-mapping.ts'
import { GroupCommit } from './group-commit.ts'
import { pragmaNumber, type NativeConnection, type NativeDatabase } from './native-database.ts'
import { ensureUsable } from './schema/migrate.ts'
import { Session } from './session.ts'
import type { Tables } from './tables.ts'

export interface SqliteConnectionOptions {
  readonly orm: MikroORM
  readonly tables: Tables
  /** After so many milliseconds a call gives up waiting, for the ORM's connection or for another process. */
  readonly deadlineMs: number
  readonly synchronous: Synchronous
}

/** How long one synchronous attempt may block the event loop for another process's lock. */
const busyTimeoutMs = 20
/** Between attempts the event loop is free for at least the first and at most the sum of both. */
const pauseMs = { least: 2, spread: 25 }

/** Where a call works: in the caller's transaction, or in one of its own. */
export type Place = CallersTransaction | undefined
type Work<T> = (session: Session, place: Place) => T

/**
 * The ORM's one connection. SQLite through an ORM has a single handle, guarded by a mutex for the length of each of the
 * application's transactions; a statement sent past it would run inside somebody's open transaction. A second
 * connection in the same process is no way out: its waiting blocks the event loop that the first one needs to finish.
 *
 * So every call takes the mutex and does synchronous work only: the mutex is never held across an await, and the
 * database's own lock only within one turn of the event loop.
 */
export class SqliteConnection {
  readonly #orm: MikroORM
  readonly #tables: Tables
  readonly #deadlineMs: number
  readonly #synchronous: Synchronous
  readonly #ownTransactions = new GroupCommit((deadline, work) =>
    this.#exclusively(deadline, (session) => this.#immediately(session, work)),
  )
  #session: Session | undefined
  #busyTimeoutBefore = 0
  #usable = false

  constructor({ orm, tables, deadlineMs, synchronous }: SqliteConnectionOptions) {
    this.#orm = orm
    this.#tables = tables
    this.#deadlineMs = deadlineMs
    this.#synchronous = synchronous
  }

  /** Idempotent; every call does it by itself. */
  async open(): Promise<void> {
    if (this.#session?.native.open === true) return
    const native = await this.#nativeDatabase()
    if (this.#session?.native === native) return
    // Asked once: asking at every call costs several microseconds.
    this.#busyTimeoutBefore = pragmaNumber(native, 'busy_timeout')
    this.#session = new Session(native, this.#tables)
  }

  /**
   * In an immediate transaction that is not the caller's, whatever transaction the caller is in. Calls that wait at the
   * same time share it.
   */
  async write<T>(work: Work<T>): Promise<T> {
    return this.#persistently((deadline) => this.#alone(work, deadline))
  }

  /** In the transaction of this entity manager or of the calling code, as a savepoint; else as `write`. */
  async writeJoining<T>(work: Work<T>, em?: EntityManager): Promise<T> {
    return this.#persistently(async (deadline) => {
      await this.open()
      // Asked again at every attempt, with nothing awaited before the work: the transaction may have ended meanwhile.
      const place = resolveTransaction(this.#orm, em)
      if (place === undefined) return this.#alone(work, deadline)
      return this.#inside((session) => session.nested(() => this.#checked(work)(session, place)))
    })
  }

  /** In the calling code's transaction if it runs in one, so that it sees its own writes; else in a snapshot. */
  async read<T>(work: Work<T>): Promise<T> {
    return this.#persistently(async (deadline) => {
      await this.open()
      const place = ambientTransaction(this.#orm)
      if (place !== undefined) return this.#inside((session) => this.#checked(work)(session, place))
      return this.#exclusively(deadline, (session) => session.deferred(() => this.#checked(work)(session, undefined)))
    })
  }

  /**
   * A look at what is committed, at once or not at all: nothing while any transaction is open on the handle (it would
   * see what may be rolled back, and make a snapshot of somebody else's stale), nothing when the look fails.
   */
  glance<T>(look: (session: Session) => T): T | undefined {
    const native = this.#session?.native
    if (native?.open !== true || native.inTransaction) return undefined
    try {
      return this.#briefly(look)
    } catch {
      return undefined
    }
  }

  close(): void {
    this.#session?.forgetStatements()
    this.#session = undefined
  }

  /** Another process holds the lock: tried again after a pause in which the event loop goes on. */
  async #persistently<T>(attempt: (deadline: number) => Promise<T>): Promise<T> {
    const deadline = performance.now() + this.#deadlineMs
    for (;;) {
      try {
        return await attempt(deadline)
      } catch (error) {
        if (!isBusy(error) || isStaleSnapshot(error) || performance.now() > deadline) throw storageErrorOf(error)
      }
      await new Promise((resolve) => setTimeout(resolve, pauseMs.least + Math.random() * pauseMs.spread))
    }
  }

  async #exclusively<T>(deadline: number, work: (session: Session) => T): Promise<T> {
    await this.open()
    let overdue = false
    const turn = this.#connection()
      .getClient()
      .getExecutor()
      .provideConnection(async () => (overdue ? undefined : { result: this.#briefly(work) }))
    const timer = Promise.withResolvers<'overdue'>()
    const handle = setTimeout(() => timer.resolve('overdue'), Math.max(1, deadline - performance.now()))
    try {
      const outcome = await Promise.race([turn, timer.promise])
      if (outcome !== 'overdue' && outcome !== undefined) return outcome.result
      overdue = true
      throw new StorageError('conflict', busyWithOthers(this.#deadlineMs))
    } finally {
      clearTimeout(handle)
    }
  }

  #alone<T>(work: Work<T>, deadline: number): Promise<T> {
    return this.#ownTransactions.run((session) => this.#checked(work)(session, undefined), deadline)
  }

  #immediately<T>(session: Session, work: (session: Session) => T): T {
    makeDurable(session.native, this.#synchronous)
    return session.immediate(() => work(session))
  }

  /** One look before the first work. Missing tables are told by the statement that misses them, and looked for again. */
  #checked<T>(work: Work<T>): Work<T> {
    if (this.#usable) return work
    return (session, place) => {
      this.#usable = ensureUsable(session).version > 0
      return work(session, place)
    }
  }

  #inside<T>(work: (session: Session) => T): T {
    if (this.#session?.native.inTransaction !== true) throw new TransactionError(noLongerThere)
    return this.#briefly(work)
  }

  /** Synchronous: nobody else's statement can meet the shortened timeout. */
  #briefly<T>(work: (session: Session) => T): T {
    const session = this.#session
    if (session === undefined) throw new StorageError('connection', 'The connection was closed.')
    session.native.exec(`pragma busy_timeout = ${busyTimeoutMs}`)
    try {
      return work(session)
    } finally {
      if (session.native.open) session.native.exec(`pragma busy_timeout = ${this.#busyTimeoutBefore}`)
    }
  }

  async #nativeDatabase(): Promise<NativeDatabase> {
    const connection = this.#connection()
    if (connection.getNativeClient === undefined) {
      throw new UnsupportedError('sqlite', 'this ORM: it needs the driver of @mikro-orm/sqlite')
    }
    return connection.getNativeClient()
  }

  #connection(): NativeConnection {
    return this.#orm.driver.getConnection('write') as unknown as NativeConnection
  }
}

function busyWithOthers(deadlineMs: number): string {
  return (
    `The ORM's connection was busy for ${deadlineMs} ms: a transaction of this process is open. ` +
    'If it is your own, pass its entity manager as `em`; otherwise await less inside transactions.'
  )
}

const noLongerThere =
  'SQLite has rolled this transaction back by itself after an earlier error, or it has just ended. Nothing was stored.'

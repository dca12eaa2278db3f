import type { NewJobRecord, StorageDriver } from '@goplate/queue-core'

/**
 * What the author of a storage driver supplies. `create` is enough to begin with; every other member makes more of the
 * suite real. A whole test file:
 *
 * ```ts
 * import { runConformance } from '@goplate/queue-testing/conformance'
 * import { describe, it } from 'vitest'
 *
 * runConformance(
 *   {
 *     name: 'my database',
 *     async create() {
 *       const database = await emptyDatabase()
 *       const connect = async () => myDriver(await database.connect())
 *       return { driver: await connect(), independent: connect, dispose: () => database.drop() }
 *     },
 *   },
 *   { describe, it },
 * )
 * ```
 */
export interface DriverHarness<Caller extends object = object> {
  /** For titles. */
  readonly name: string
  /** Called before every case: a driver over a database that is migrated and holds no job. */
  create(): Promise<DriverUnderTest<Caller>>
}

export interface DriverUnderTest<Caller extends object = object> {
  readonly driver: StorageDriver<Caller>
  /** Called after every case, when all drivers of it were closed. */
  dispose(): Promise<void>
  /**
   * Another driver over the same database, with connections of its own, as another process would have it. Absent: the
   * races run on the one driver, which proves less.
   */
  independent?(): Promise<StorageDriver<Caller>>
  /**
   * Runs `work` in a transaction of the caller: commits when it resolves, rolls back when it rejects, and settles as it
   * did. Needed when the driver has the capability `transactions`.
   */
  withTransaction?<T>(work: (transaction: CallerTransaction<Caller>) => Promise<T>): Promise<T>
  /**
   * Runs `work`, then makes the database lose all it committed asynchronously meanwhile: a server is stopped
   * immediately and started again, a copy from before is put back. What was dispatched before must stay. The driver
   * must be usable when it resolves. Absent: a claim whose lease the database never saw stands for a forgotten one.
   */
  forget?<T>(work: () => Promise<T>): Promise<T>
  /** What is wrong with the stored rows, one sentence each. Asked after every case. */
  audit?(): Promise<readonly string[]>
  /** A new unit of work of the caller. Needed when the driver has `transactions.stage`. */
  unitOfWork?(): CallerUnitOfWork<Caller>
  /** How long a case waits for a wake-up from another process, in milliseconds. Default: 20 000. */
  readonly patienceMs?: number
  /** Makes a job that the database itself refuses to store, so that a dispatch fails in the middle. */
  readonly unstorable?: Partial<NewJobRecord>
  /** The driver over a database without schema. Used when the driver has the capability `migrations`. */
  unmigrated?(): Promise<DriverUnderTest<Caller>>
}

export interface CallerTransaction<Caller extends object> {
  /** The extra dispatch options with which a dispatch joins this transaction. */
  readonly caller: Caller
  /** Runs `work` in a savepoint: it is rolled back when `work` rejects, and the transaction goes on. */
  savepoint<T>(work: (transaction: CallerTransaction<Caller>) => Promise<T>): Promise<T>
  /** The unit of work whose flushes are part of this transaction. Needed when the driver has `transactions.stage`. */
  readonly unitOfWork?: CallerUnitOfWork<Caller>
}

export interface CallerUnitOfWork<Caller extends object> {
  /** The extra dispatch options with which a job is staged in it. */
  readonly caller: Caller
  flush(): Promise<void>
  /** Forgets everything that was not flushed. */
  giveUp(): void
}

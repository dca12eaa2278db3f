/** What the queue uses of better-sqlite3. Written down here, so that its types are not needed by whoever imports us. */
export interface NativeDatabase {
  readonly open: boolean
  readonly memory: boolean
  readonly readonly: boolean
  readonly inTransaction: boolean
  prepare(sql: string): NativeStatement
  exec(sql: string): unknown
  pragma(sql: string, options?: { readonly simple?: boolean }): unknown
  /** Runs `work` in a transaction, or in a savepoint when one is running; rolls back when it throws. */
  transaction(run: (work: () => unknown) => unknown): NativeTransaction
}

export interface NativeTransaction {
  (work: () => unknown): unknown
  immediate(work: () => unknown): unknown
  deferred(work: () => unknown): unknown
}

export interface NativeStatement {
  readonly reader: boolean
  safeIntegers(on: boolean): NativeStatement
  run(...parameters: readonly unknown[]): { readonly changes: number }
  get(...parameters: readonly unknown[]): unknown
  all(...parameters: readonly unknown[]): unknown[]
}

/** What the queue uses of the ORM's connection. */
export interface NativeConnection {
  getNativeClient?(): Promise<NativeDatabase>
  getClient(): {
    getExecutor(): { provideConnection<T>(consumer: () => Promise<T>): Promise<T> }
  }
}

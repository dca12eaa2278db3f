/**
 * What the queue uses of better-sqlite3, and finds in libSQL too. Written down here, so that neither's types are needed
 * by whoever imports us.
 */
export interface NativeDatabase {
  readonly open: boolean
  readonly memory: boolean
  readonly readonly: boolean
  readonly inTransaction: boolean
  prepare(sql: string): NativeStatement
  exec(sql: string): unknown
  pragma(sql: string, options?: { readonly simple?: boolean }): unknown
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

/** A pragma that is a number. libSQL answers `simple` with a row all the same. */
export function pragmaNumber(native: NativeDatabase, name: string): number {
  const answer = native.pragma(name, { simple: true })
  return Number(typeof answer === 'object' && answer !== null ? Object.values(answer)[0] : answer)
}

/** libSQL adds a measurement to a single row. */
export function plainRow(row: unknown): unknown {
  if (typeof row === 'object' && row !== null && '_metadata' in row) delete row._metadata
  return row
}

import { plainRow, type NativeDatabase, type NativeStatement } from './native-database.ts'
import type { Tables } from './tables.ts'

/**
 * The text of one statement, given the names of the tables. `Row` and `Parameters` are promises of whoever wrote the
 * text; nothing at run time checks them.
 */
export interface Sql<Row = never, Parameters extends readonly SqlValue[] = []> {
  (tables: Tables): string
  readonly '~row'?: Row
  readonly '~parameters'?: Parameters
}
export type SqlValue = string | number | null

const transaction = (begin: string) => ({ begin, commit: 'commit', rollback: 'rollback' })
const savepoint = {
  begin: 'savepoint goplate_queue',
  commit: 'release goplate_queue',
  rollback: 'rollback to goplate_queue; release goplate_queue',
}

/** One open handle of the database with its prepared statements. All its work is synchronous. */
export class Session {
  readonly native: NativeDatabase
  readonly tables: Tables
  readonly #prepared = new Map<unknown, NativeStatement>()

  constructor(native: NativeDatabase, tables: Tables) {
    this.native = native
    this.tables = tables
  }

  /** In a transaction that has the write lock from its beginning. */
  immediate<T>(work: () => T): T {
    return this.#within(transaction('begin immediate'), work)
  }

  /** In a transaction that reads one snapshot. */
  deferred<T>(work: () => T): T {
    return this.#within(transaction('begin'), work)
  }

  /** In a savepoint of the running transaction: what throws leaves that one as it was. */
  nested<T>(work: () => T): T {
    return this.#within(savepoint, work)
  }

  /** Returns how many rows changed. */
  run<Parameters extends readonly SqlValue[]>(sql: Sql<never, Parameters>, ...parameters: Parameters): number {
    return this.#statement(sql).run(...parameters).changes
  }

  get<Row, Parameters extends readonly SqlValue[]>(
    sql: Sql<Row, Parameters>,
    ...parameters: Parameters
  ): Row | undefined {
    return plainRow(this.#statement(sql).get(...parameters)) as Row | undefined
  }

  all<Row, Parameters extends readonly SqlValue[]>(sql: Sql<Row, Parameters>, ...parameters: Parameters): Row[] {
    return this.#statement(sql).all(...parameters) as Row[]
  }

  forgetStatements(): void {
    this.#prepared.clear()
  }

  /** SQLite has ended the transaction itself after some errors: then there is nothing to roll back. */
  #within<T>(statements: typeof savepoint, work: () => T): T {
    this.native.exec(statements.begin)
    try {
      const result = work()
      this.native.exec(statements.commit)
      return result
    } catch (error) {
      if (this.native.inTransaction) this.native.exec(statements.rollback)
      throw error
    }
  }

  /** The application may have switched the handle to big integers; the ledger's numbers stay below 2^53. */
  #statement(sql: (tables: Tables) => string): NativeStatement {
    let statement = this.#prepared.get(sql)
    if (statement === undefined) {
      statement = this.native.prepare(sql(this.tables)).safeIntegers(false)
      this.#prepared.set(sql, statement)
    }
    return statement
  }
}

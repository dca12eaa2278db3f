import type { QueryRunner } from '../raw-query.ts'
import { rawQuery } from '../raw-query.ts'
import { storageErrorOf } from './error-mapping.ts'
import { asText, type NativePool } from './native-client.ts'
import type { Row } from './row-mapping.ts'
import type { BoundStatement, Statement, StatementTexts } from './statement.ts'

/** Something that runs statements on some connection. Whatever it throws is a `QueueError`. */
export interface Executor {
  run(statement: Statement, values: readonly unknown[], now?: number): Promise<readonly Row[]>
}

export interface QuerySettings {
  /**
   * Whether a connection keeps what was made on it: named statements, settings. False behind transaction poolers, where
   * nothing may outlast a transaction.
   */
  readonly prepare: boolean
  /** A query that takes longer has its socket destroyed. */
  readonly timeoutMs: number
}

export function nativeQuery({ name, text, values }: BoundStatement, { prepare, timeoutMs }: QuerySettings) {
  return { ...(prepare && name !== undefined && { name }), text, values, types: asText, query_timeout: timeoutMs }
}

/** A connection of the application's pool for each statement. The pool throws away the connection of a failed one. */
export function onPool(pool: () => Promise<NativePool>, texts: StatementTexts, settings: QuerySettings): Executor {
  return {
    async run(statement, values, now) {
      try {
        const native = await pool()
        return (await native.query(nativeQuery(texts.bind(statement, values, now), settings))).rows
      } catch (error) {
        throw storageErrorOf(error)
      }
    },
  }
}

/** The caller's transaction: unnamed statements with bound parameters, through the ORM's query builder library. */
export function inTransaction(transaction: QueryRunner, texts: StatementTexts): Executor {
  return {
    async run(statement, values, now) {
      const bound = texts.bind(statement, values, now)
      try {
        return (await transaction.executeQuery(rawQuery(bound.text, bound.values))).rows as readonly Row[]
      } catch (error) {
        throw storageErrorOf(error)
      }
    },
  }
}

import { createDatabase } from '@goplate/local-postgres'
import type {} from '@goplate/local-postgres/vitest'
import type { StorageDriver } from '@goplate/queue-core'
import pg from 'pg'
import { inject } from 'vitest'
import { dataTables, type Relation } from '../../src/ledger/relations.ts'
import { postgresDriver } from '../../src/postgresql.ts'
import { sqliteDriver } from '../../src/sqlite.ts'
import { openOrm } from '../postgres/postgres-orm.ts'
import { auditOf as postgresAudit } from '../postgres/postgres-harness.ts'
import { auditOf as sqliteAudit } from '../sqlite/sqlite-harness.ts'
import { sqliteOrm } from '../sqlite/sqlite-orm.ts'

type Row = Readonly<Record<string, unknown>>

/** A migrated database that a hand can reach into, past the driver. */
export interface SqlDatabase {
  readonly driver: StorageDriver<object>
  table(name: Relation): string
  query(sql: string): Promise<readonly Row[]>
  /** Takes every job out, and what belongs to them. */
  empty(): Promise<void>
  audit(): Promise<readonly string[]>
  close(): Promise<void>
}

async function openSqlite(): Promise<SqlDatabase> {
  const orm = await sqliteOrm()
  const driver = sqliteDriver(orm)
  await driver.migrations!.migrate()
  const table = (name: Relation): string => `goplate_queue_${name}`
  const query = (sql: string): Promise<Row[]> => orm.em.getConnection().execute(sql)
  return {
    driver,
    table,
    query,
    async empty() {
      for (const name of dataTables) await query(`delete from ${table(name)}`)
      await query(`insert into ${table('setting')} (name, value) values ('job_id', 0)`)
    },
    audit: () => sqliteAudit(orm),
    async close() {
      await driver.close()
      await orm.close()
    },
  }
}

async function openPostgres(): Promise<SqlDatabase> {
  const { url, drop } = await createDatabase(inject('postgresUrl'))
  const orm = await openOrm(url)
  const driver = postgresDriver(orm)
  await driver.migrations!.migrate()
  const hand = new pg.Client({ connectionString: url })
  await hand.connect()
  const table = (name: Relation): string => `goplate_queue.${name}`
  return {
    driver,
    table,
    query: async (sql) => (await hand.query<Row>(sql)).rows,
    async empty() {
      await hand.query(dataTables.map((name) => `delete from ${table(name)}`).join('; '))
    },
    audit: () => postgresAudit(hand),
    async close() {
      await driver.close()
      await orm.close()
      await hand.end()
      await drop()
    },
  }
}

export const sqlDatabases = { sqlite: openSqlite, postgresql: openPostgres }

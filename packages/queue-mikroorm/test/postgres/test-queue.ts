import { createDatabase } from '@goplate/local-postgres'
import type {} from '@goplate/local-postgres/vitest'
import type { ClaimRequest, NewJobRecord, Settlement, StorageDriver } from '@goplate/queue-core'
import type { MikroORM } from '@mikro-orm/postgresql'
import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { inject } from 'vitest'
import { postgresDriver, type MikroOrmCaller, type PostgresDriverOptions } from '../../src/postgresql.ts'
import { openOrm, type OrmOptions } from './postgres-orm.ts'

type Driver = StorageDriver<MikroOrmCaller>

/** A migrated database of its own, with a connection to look into it; everything ends with `close`. */
export class TestQueue {
  readonly url: string
  readonly admin: pg.Client
  readonly #drop: () => Promise<void>
  readonly #orms: MikroORM[] = []
  readonly #drivers: Driver[] = []

  private constructor(database: { url: string; drop: () => Promise<void> }, admin: pg.Client) {
    this.url = database.url
    this.#drop = database.drop
    this.admin = admin
  }

  static async open(): Promise<TestQueue> {
    const database = await createDatabase(inject('postgresUrl'))
    const admin = new pg.Client({ connectionString: database.url, application_name: 'admin' })
    await admin.connect()
    const queue = new TestQueue(database, admin)
    await (await queue.connect()).driver.migrations!.migrate()
    return queue
  }

  /** A process: an ORM and a driver. `url` may lead through a proxy. */
  async connect(
    options: OrmOptions & PostgresDriverOptions & { readonly url?: string } = {},
  ): Promise<{ orm: MikroORM; driver: Driver }> {
    const { url = this.url, prepare = true, queryTimeoutMs = 15_000, notify, ...ormOptions } = options
    const orm = await openOrm(url, ormOptions)
    const driver = postgresDriver(orm, { prepare, queryTimeoutMs, ...(notify !== undefined && { notify }) })
    this.#orms.push(orm)
    this.#drivers.push(driver)
    return { orm, driver }
  }

  /** The one value of the one row. */
  async ask<T>(sql: string): Promise<T> {
    const { rows } = await this.admin.query<Record<string, T>>(sql)
    return Object.values(rows[0]!)[0]!
  }

  async close(): Promise<void> {
    await Promise.all(this.#drivers.map((driver) => driver.close()))
    await Promise.all(this.#orms.map((orm) => orm.close()))
    await this.admin.end()
    await this.#drop()
  }
}

export function newJob(fields: Partial<NewJobRecord> = {}): NewJobRecord {
  return { type: 'alpha', queue: 'default', payload: '{}', priority: 0, maxAttempts: 3, maxCrashes: 3, ...fields }
}

export function newClaim(fields: Partial<ClaimRequest> = {}): ClaimRequest {
  return {
    leaseId: randomUUID(),
    leaseMs: 30_000,
    worker: 'worker',
    queues: [{ queue: 'default', limit: 100 }],
    types: ['alpha'],
    solo: false,
    ...fields,
  }
}

export function settlement(claim: Settlement['claim'], outcome: Settlement['outcome'] = 'finished', delayMs = 0) {
  return { claim, outcome, waitMs: 1, durationMs: 1, delayMs }
}

import type {} from '@goplate/local-postgres/vitest'
import { Queue, type AnyJob, type QueueOptions, type StorageDriver } from '@goplate/queue-core'
import { memoryDriver, MemoryDatabase } from '@goplate/queue-core/memory'
import { inject } from 'vitest'
import { sqliteDriver } from '../../src/sqlite.ts'
import { PostgresHarness } from '../postgres/postgres-harness.ts'
import { sqliteOrm } from '../sqlite/sqlite-orm.ts'
import { auditOf } from '../sqlite/sqlite-harness.ts'

/** A driver over an empty database, and what is wrong with that database. */
export interface Storage {
  readonly driver: StorageDriver<object>
  audit(): Promise<readonly string[]>
  close(): Promise<void>
}

export const storages = {
  async memory(): Promise<Storage> {
    const database = new MemoryDatabase()
    const driver = memoryDriver({ database })
    return { driver, audit: async () => database.audit(), close: () => driver.close() }
  },
  async sqlite(): Promise<Storage> {
    const orm = await sqliteOrm()
    const driver = sqliteDriver(orm)
    await driver.migrations!.migrate()
    return {
      driver: driver,
      audit: () => auditOf(orm),
      async close() {
        await driver.close()
        await orm.close()
      },
    }
  },
  async postgresql(): Promise<Storage> {
    const harness = await PostgresHarness.open(inject('postgresUrl'), 'explicit')
    const under = await harness.create()
    return {
      driver: under.driver,
      audit: async () => (await under.audit?.()) ?? [],
      async close() {
        await under.driver.close()
        await under.dispose()
        await harness.close()
      },
    }
  },
} satisfies Record<string, () => Promise<Storage>>

/** A queue whose types say nothing: what a program in plain JavaScript has. */
export function looseQueue(
  driver: StorageDriver<object>,
  jobs: readonly AnyJob[],
  options: Partial<QueueOptions<readonly AnyJob[], object>> = {},
): Queue<readonly AnyJob[], object> {
  return new Queue<readonly AnyJob[], object>({ ...options, driver, jobs })
}

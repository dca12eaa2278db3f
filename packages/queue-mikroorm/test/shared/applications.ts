import { createDatabase } from '@goplate/local-postgres'
import type {} from '@goplate/local-postgres/vitest'
import type { StorageDriver } from '@goplate/queue-core'
import type { MikroORM } from '@mikro-orm/core'
import { MikroORM as PostgresOrm } from '@mikro-orm/postgresql'
import { inject } from 'vitest'
import { queueExtension } from '../../src/index.ts'
import { postgresDriver, type MikroOrmCaller } from '../../src/postgresql.ts'
import { sqliteDriver } from '../../src/sqlite.ts'
import { Customer, sqliteOrm } from '../sqlite/sqlite-orm.ts'

/** An ORM with one entity over an empty database: neither the entity's table nor those of the queue are there. */
export interface Application {
  readonly orm: MikroORM
  readonly driver: StorageDriver<MikroOrmCaller>
  /** As another process would have it, where the database can have one. */
  anotherDriver(): StorageDriver<MikroOrmCaller>
  sql(text: string): Promise<unknown>
  /** The queue's table of this name, as SQL names it. */
  table(name: string): string
  close(): Promise<void>
}

/** For `describe.each(Object.entries(applications))`: what holds on both databases is written once. */
export const applications = {
  async sqlite(): Promise<Application> {
    const orm = await sqliteOrm()
    return applicationOf({
      orm: orm,
      sql: (text) => orm.em.execute(text),
      newDriver: () => sqliteDriver(orm),
      table: (name) => `goplate_queue_${name}`,
    })
  },
  async postgresql(): Promise<Application> {
    const { url, drop } = await createDatabase(inject('postgresUrl'))
    const orm = await PostgresOrm.init({ clientUrl: url, entities: [Customer], extensions: [queueExtension()] })
    return applicationOf({
      orm: orm,
      sql: (text) => orm.em.execute(text),
      newDriver: () => postgresDriver(orm),
      table: (name) => `goplate_queue.${name}`,
      drop,
    })
  },
}

interface Parts {
  readonly orm: MikroORM
  sql(text: string): Promise<unknown>
  newDriver(): StorageDriver<MikroOrmCaller>
  table(name: string): string
  drop?(): Promise<void>
}

function applicationOf({ orm, sql, newDriver, table, drop }: Parts): Application {
  const drivers = [newDriver()]
  return {
    orm,
    driver: drivers[0]!,
    sql,
    table,
    anotherDriver() {
      const driver = newDriver()
      drivers.push(driver)
      return driver
    },
    async close() {
      for (const driver of drivers) await driver.close()
      await orm.close()
      await drop?.()
    },
  }
}

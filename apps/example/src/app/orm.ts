import type { StorageDriver } from '@goplate/queue-core'
import { queueExtension } from '@goplate/queue-mikroorm'
import { postgresDriver } from '@goplate/queue-mikroorm/postgresql'
import { sqliteDriver } from '@goplate/queue-mikroorm/sqlite'
import type { EntityManager, MikroORM } from '@mikro-orm/core'
import { MikroORM as PostgresORM } from '@mikro-orm/postgresql'
import { MikroORM as SqliteORM } from '@mikro-orm/sqlite'
import { ImageSchema } from './entities/image.ts'
import { UserSchema } from './entities/user.ts'
import type { DatabaseSettings } from './settings.ts'

export type AppDriver = StorageDriver<{ em?: EntityManager }>

/** The application's own ORM, and the queue's driver on it. */
export interface Database {
  readonly orm: MikroORM
  readonly driver: AppDriver
}

export async function openDatabase(settings: DatabaseSettings): Promise<Database> {
  const options = { entities: [ImageSchema, UserSchema], extensions: [queueExtension()] }
  if (settings.kind === 'sqlite') {
    const orm = await SqliteORM.init({ ...options, dbName: settings.file })
    return { orm, driver: sqliteDriver(orm) }
  }
  const orm = await PostgresORM.init({ ...options, clientUrl: settings.url })
  return { orm, driver: postgresDriver(orm) }
}

export type { MikroOrmCaller } from './entity-manager.ts'
export { postgresDriver, type PostgresDriverOptions } from './postgres/postgres-driver.ts'
export { queueMigration, type QueueMigrationOptions } from './postgres/queue-migration.ts'

import { InvalidOptionError } from '@goplate/queue-core'
import type { Configuration, EntityMetadata, EventSubscriber, MikroORM, Platform } from '@mikro-orm/core'
import { CommitWake } from './commit-wake.ts'
import { checkedName, defaultPrefix, defaultSchema } from './object-names.ts'
import { rawQuery, type QueryRunner } from './raw-query.ts'
import { QueueJob, queueJobSchema } from './queue-job.ts'
import { ReadOnlyJobGuard } from './read-only-job.ts'
import { StagedJobs } from './staged-jobs.ts'
import { AutomaticRollbackGuard } from './sqlite/automatic-rollback-guard.ts'

export interface QueueExtensionOptions {
  /** PostgreSQL: the queue's own schema. Default `goplate_queue`. */
  readonly schema?: string
  /** SQLite: what every table of the queue begins with. Default `goplate_queue_`. */
  readonly prefix?: string
}

/** What the drivers find in the ORM's configuration. */
export interface QueueInstallation {
  readonly schema: string
  readonly prefix: string
  readonly commitWake: CommitWake
  readonly stagedJobs: StagedJobs
}

const key = '@goplate/queue-mikroorm'

/**
 * Makes a MikroORM ready for the queue: registers the `QueueJob` view, follows transactions, and hides the queue's
 * tables from the ORM's schema generator, which would otherwise drop them. The only place where names are set; two
 * queues in one database are two ORMs with two names.
 *
 * @example defineConfig({ entities: [User], extensions: [Migrator, queueExtension()] })
 * @throws InvalidOptionError for a name that is not a plain lower-case identifier of at most 48 characters
 */
export function queueExtension(options: QueueExtensionOptions = {}): {
  readonly name: string
  register(orm: MikroORM): void
} {
  const schema = checkedName('schema', options.schema ?? defaultSchema)
  const prefix = checkedName('prefix', options.prefix ?? defaultPrefix)
  return {
    name: 'GoplateQueue',
    register({ config, driver }) {
      const platform = driver.getPlatform()
      const sqlite = isSqlite(platform)
      const commitWake = new CommitWake(sqlite ? undefined : askDatabase)
      const stagedJobs = new StagedJobs()
      addEntity(config, sqlite ? { table: `${prefix}queue_job` } : { schema, table: 'queue_job' })
      if (sqlite) hidePrefix(config, prefix)
      else hideSchema(config, platform, schema)
      const subscribers: EventSubscriber[] = [stagedJobs, commitWake, new ReadOnlyJobGuard(QueueJob)]
      if (sqlite) subscribers.push(new AutomaticRollbackGuard())
      config.set('subscribers', [...config.get('subscribers'), ...subscribers])
      config.registerExtension(key, () => ({ schema, prefix, commitWake, stagedJobs }) satisfies QueueInstallation)
    },
  }
}

/** @throws InvalidOptionError when the ORM was configured without `queueExtension()` */
export function installationOf(orm: { readonly config: Configuration }): QueueInstallation {
  const installation = orm.config.getExtension<QueueInstallation>(key)
  if (installation !== undefined) return installation
  throw new InvalidOptionError('orm', 'add queueExtension() to the `extensions` of the MikroORM configuration.')
}

/** Of the two databases only SQLite has no schemas, or calls the first of its attached files `main`. */
function isSqlite(platform: Platform): boolean {
  const schema = platform.getDefaultSchemaName()
  return schema === undefined || schema === 'main'
}

function askDatabase(transaction: object): Promise<unknown> {
  return (transaction as QueryRunner).executeQuery(rawQuery('select 1'))
}

function addEntity(config: Configuration, place: { schema?: string; table: string }): void {
  config.set('entities', [...config.get('entities'), queueJobSchema])
  if (config.get('entitiesTs').length > 0) {
    config.set('entitiesTs', [...config.get('entitiesTs'), queueJobSchema]) // used instead of `entities` by TypeScript loaders
  }
  const discovery = config.get('discovery')
  config.set('discovery', {
    ...discovery,
    onMetadata(meta: EntityMetadata, platform: Platform) {
      if ((meta.class as unknown) === QueueJob) {
        if (place.schema !== undefined) meta.schema = place.schema
        meta.tableName = meta.collection = place.table
      }
      return discovery.onMetadata?.(meta, platform)
    },
  })
}

/** The ORM would create the entity's table in a diff, and drop all it does not know: both sides are hidden. */
function hideSchema(config: Configuration, platform: Platform, schema: string): void {
  if (schema === (config.get('schema') ?? platform.getDefaultSchemaName())) {
    throw new InvalidOptionError('schema', `"${schema}" is the application's own; the queue needs one for itself.`)
  }
  const generator = config.get('schemaGenerator')
  config.set('schemaGenerator', {
    ...generator,
    ignoreSchema: [...(generator.ignoreSchema ?? []), schema],
    skipTables: [...(generator.skipTables ?? []), `${schema}.queue_job`],
  })
}

function hidePrefix(config: Configuration, prefix: string): void {
  const generator = config.get('schemaGenerator')
  const ours = new RegExp(`^${prefix}`)
  config.set('schemaGenerator', {
    ...generator,
    skipTables: [...(generator.skipTables ?? []), ours],
    skipViews: [...(generator.skipViews ?? []), ours],
  })
}

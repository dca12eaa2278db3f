import { downRange, upRange, type MigrationRangeOptions } from '../migration-range.ts'
import { checkedName, defaultPrefix } from '../object-names.ts'
import { downStatements, newestVersion, upStatements } from './schema/versions.ts'
import { tablesOf } from './tables.ts'

export interface QueueMigrationOptions extends MigrationRangeOptions {
  /** As in `queueExtension`. Default `goplate_queue_`. */
  readonly prefix?: string
}

/**
 * The SQL of the queue's tables, for the application's own MikroORM migrations instead of `queue.migrate()`: the same
 * statements, and `migrate()` finds nothing to do afterwards. `down` drops the tables with every job in them.
 *
 * @example
 * export class Migration20261124_queue extends Migration {
 *   override up() { for (const sql of queueMigration.up({ to: 1 })) this.addSql(sql) }
 *   override down() { for (const sql of queueMigration.down({ from: 1 })) this.addSql(sql) }
 * }
 * @throws InvalidOptionError for a name or a version that cannot be
 */
export const queueMigration = {
  up({ prefix = defaultPrefix, ...range }: QueueMigrationOptions = {}): readonly string[] {
    return upStatements(tablesOf(checkedName('prefix', prefix)), upRange(range, newestVersion))
  },
  down({ prefix = defaultPrefix, ...range }: QueueMigrationOptions = {}): readonly string[] {
    return downStatements(tablesOf(checkedName('prefix', prefix)), downRange(range, newestVersion))
  },
}

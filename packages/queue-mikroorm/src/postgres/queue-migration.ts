import { downRange, upRange, type MigrationRangeOptions } from '../migration-range.ts'
import { checkedName, defaultSchema } from '../object-names.ts'
import { downStatements, newestVersion, upStatements } from './schema/versions.ts'
import { sqlNames } from './sql-names.ts'

export interface QueueMigrationOptions extends MigrationRangeOptions {
  /** As in `queueExtension`. Default `goplate_queue`. */
  readonly schema?: string
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
  up({ schema = defaultSchema, ...range }: QueueMigrationOptions = {}): readonly string[] {
    return upStatements(sqlNames(checkedName('schema', schema)), upRange(range, newestVersion))
  },
  down({ schema = defaultSchema, ...range }: QueueMigrationOptions = {}): readonly string[] {
    return downStatements(sqlNames(checkedName('schema', schema)), downRange(range, newestVersion))
  },
}

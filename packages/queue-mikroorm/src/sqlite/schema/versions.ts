import type { Tables } from '../tables.ts'
import { featureTables } from './feature-tables.ts'
import { ledgerTables } from './ledger-tables.ts'
import { queueJobView } from './queue-job-view.ts'

/** One list of statements per version of the schema; a list that was released never changes. */
export const schemaVersions: readonly ((tables: Tables) => readonly string[])[] = [
  (tables) => [...ledgerTables(tables), ...featureTables(tables), queueJobView(tables)],
]

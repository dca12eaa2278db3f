import type { Statement } from '../statement.ts'

/** Fails for nobody: no row where there is no such table; `readable` is false for a role that may only dispatch. */
export const versionTable: Statement = {
  name: 'version_table',
  parameters: 1,
  plannedEachTime: true,
  text: () => `
select has_schema_privilege(n.oid, 'usage') and has_table_privilege(c.oid, 'select') as readable
from pg_catalog.pg_namespace n join pg_catalog.pg_class c on c.relnamespace = n.oid
where n.nspname = $1 and c.relname = 'migration' and c.relkind = 'r'`,
}

export const installedSchema: Statement = {
  name: 'installed_schema',
  parameters: 0,
  plannedEachTime: true,
  text: (q) => `
select coalesce(max(version), 0) as version, coalesce(max(compatible_since), 0) as compatible_since from ${q.migration}`,
}

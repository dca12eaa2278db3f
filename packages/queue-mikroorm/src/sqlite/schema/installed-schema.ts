import { nothingInstalled, type InstalledSchema } from '../../schema-compatibility.ts'
import type { Session, Sql } from '../session.ts'

const versionTable: Sql<{ name: string }, [name: string]> = () => `
  select name from sqlite_master where type = 'table' and name = ?`

const installedVersion: Sql<InstalledSchema, []> = ({ migration }) => `
  select coalesce(max(version), 0) as version, coalesce(max(compatible_since), 0) as compatibleSince from ${migration}`

export function installedSchema(session: Session): InstalledSchema {
  if (session.get(versionTable, session.tables.migration) === undefined) return nothingInstalled
  return session.get(installedVersion)!
}

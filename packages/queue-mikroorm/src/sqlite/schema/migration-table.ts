import type { Sql } from '../session.ts'
import type { Tables } from '../tables.ts'

export function migrationTable({ migration }: Tables): string {
  return `create table if not exists ${migration} (version integer primary key, applied_at integer not null)`
}

export const versionTable: Sql<{ name: string }, [name: string]> = () => `
  select name from sqlite_master where type = 'table' and name = ?`

export const schemaVersion: Sql<{ version: number }, []> = ({ migration }) => `
  select coalesce(max(version), 0) as version from ${migration}`

export const recordMigration: Sql<never, [version: number, now: number]> = ({ migration }) => `
  insert into ${migration} (version, applied_at) values (?, ?)`

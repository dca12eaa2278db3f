import type { Sql } from '../session.ts'

export const versionTable: Sql<{ name: string }, [name: string]> = () => `
  select name from sqlite_master where type = 'table' and name = ?`

export const installedVersion: Sql<{ version: number }, []> = ({ migration }) => `
  select coalesce(max(version), 0) as version from ${migration}`

import type { DriverMigrations } from '@goplate/queue-core'
import type { MigrationRange } from '../migration-range.ts'
import { ensureCompatible, nothingInstalled, wayFrom, type InstalledSchema } from '../schema-compatibility.ts'
import type { Connections } from './connections.ts'
import { storageErrorOf } from './error-mapping.ts'
import { asText, type NativeClient } from './native-client.ts'
import { numberOf, type Row } from './row-mapping.ts'
import { newestVersion, upStatements } from './schema/versions.ts'
import { sqlNames } from './sql-names.ts'
import { installedSchema } from './statements/installed-schema.ts'

export function postgresMigrations(connections: Connections, schema: string): DriverMigrations {
  return {
    migrate: () => withClient(connections, (client) => migrate(client, schema)),
    check: () =>
      withClient(connections, async (client) => {
        const installed = await installedIn(client, schema)
        ensureCompatible(installed, newestVersion)
        return { current: installed.version, wanted: newestVersion }
      }),
  }
}

/** The whole way in one transaction: of many processes that start at once one migrates, and the others find it done. */
async function migrate(client: NativeClient, schema: string): Promise<MigrationRange> {
  const q = sqlNames(schema)
  await client.query('begin isolation level read committed')
  await rows(client, `select pg_advisory_xact_lock(hashtextextended($1, 0))`, [`goplate-queue:${schema}`])
  const range = wayFrom(await installedIn(client, schema), newestVersion)
  if (range.from < range.to) {
    for (const statement of upStatements(q, range)) await client.query(statement)
  }
  await client.query('commit')
  return range
}

async function installedIn(client: NativeClient, schema: string): Promise<InstalledSchema> {
  const q = sqlNames(schema)
  const [found] = await rows(client, 'select to_regclass($1) is not null as there', [q.migration])
  if (found?.there !== 't') return nothingInstalled
  const [row] = await rows(client, installedSchema.text(q))
  return { version: numberOf(row?.version), compatibleSince: numberOf(row?.compatible_since) }
}

async function rows(client: NativeClient, text: string, values: readonly unknown[] = []): Promise<readonly Row[]> {
  return (await client.query({ text, values, types: asText })).rows
}

/** A client that ends with its work: an open transaction of a failed migration ends with it. */
async function withClient<T>(connections: Connections, work: (client: NativeClient) => Promise<T>): Promise<T> {
  try {
    const client = await connections.openClient()
    try {
      return await work(client)
    } finally {
      await client.end().catch(() => undefined)
    }
  } catch (error) {
    throw storageErrorOf(error)
  }
}

import { SchemaError, type DriverMigrations } from '@goplate/queue-core'
import type { Connections } from './connections.ts'
import { storageErrorOf } from './error-mapping.ts'
import { asText, type NativeClient } from './native-client.ts'
import { numberOf, type Row } from './row-mapping.ts'
import { newestVersion, upStatements } from './schema/versions.ts'
import { sqlNames } from './sql-names.ts'

export function postgresMigrations(connections: Connections, schema: string): DriverMigrations {
  return {
    migrate: () => withClient(connections, (client) => migrate(client, schema)),
    check: () =>
      withClient(connections, async (client) => ({
        current: await currentVersion(client, schema),
        wanted: newestVersion,
      })),
  }
}

/** The whole way in one transaction: of many processes that start at once one migrates, and the others find it done. */
async function migrate(client: NativeClient, schema: string): Promise<{ from: number; to: number }> {
  const q = sqlNames(schema)
  await client.query('begin')
  await rows(client, `select pg_advisory_xact_lock(hashtextextended($1, 0))`, [`goplate-queue:${schema}`])
  const range = { from: await currentVersion(client, schema), to: newestVersion }
  if (range.from < range.to) {
    for (const statement of upStatements(q, range)) await client.query(statement)
  }
  await client.query('commit')
  return range
}

/** @throws SchemaError when a newer version of this library was here */
async function currentVersion(client: NativeClient, schema: string): Promise<number> {
  const q = sqlNames(schema)
  const [found] = await rows(client, 'select to_regclass($1) is not null as there', [q.migration])
  if (found?.there !== 't') return 0
  const [row] = await rows(client, `select coalesce(max(version), 0) as version from ${q.migration}`)
  const version = numberOf(row?.version)
  if (version > newestVersion) throw newerSchema(version)
  return version
}

function newerSchema(version: number): SchemaError {
  return new SchemaError(
    `The queue's tables have version ${version}; this version of @goplate/queue-mikroorm knows ${newestVersion}. ` +
      'Update the package in this process.',
  )
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

import { SchemaError, type DriverMigrations } from '@goplate/queue-core'
import type { Connections } from './connections.ts'
import { storageErrorOf } from './error-mapping.ts'
import { asText, type NativeClient } from './native-client.ts'
import { numberOf, type Row } from './row-mapping.ts'
import { version1 } from './schema/version-1.ts'
import { sqlNames, type SqlNames } from './sql-names.ts'

/** One list of statements per version, oldest first. A released version never changes. */
export const schemaVersions: readonly ((q: SqlNames) => readonly string[])[] = [version1]

export function postgresMigrations(connections: Connections, schema: string): DriverMigrations {
  return {
    migrate: () => withClient(connections, (client) => migrate(client, schema)),
    check: () =>
      withClient(connections, async (client) => ({
        current: await currentVersion(client, schema),
        wanted: schemaVersions.length,
      })),
  }
}

/** The whole way in one transaction: of many processes that start at once one migrates, and the others find it done. */
async function migrate(client: NativeClient, schema: string): Promise<{ from: number; to: number }> {
  const q = sqlNames(schema)
  await client.query('begin')
  await rows(client, `select pg_advisory_xact_lock(hashtextextended($1, 0))`, [`goplate-queue:${schema}`])
  const from = await currentVersion(client, schema)
  if (from > schemaVersions.length) throw newerSchema(from)
  if (from === 0) {
    await client.query(`create schema if not exists ${q.schema}`)
    await client.query(
      `create table ${q.migration} (version int primary key, applied_at timestamptz not null default now())`,
    )
  }
  for (let version = from + 1; version <= schemaVersions.length; version++) {
    for (const statement of schemaVersions[version - 1]!(q)) await client.query(statement)
    await rows(client, `insert into ${q.migration} (version) values ($1)`, [version])
  }
  await client.query('commit')
  return { from, to: schemaVersions.length }
}

async function currentVersion(client: NativeClient, schema: string): Promise<number> {
  const q = sqlNames(schema)
  const [found] = await rows(client, 'select to_regclass($1) is not null as there', [q.migration])
  if (found?.there !== 't') return 0
  const [row] = await rows(client, `select coalesce(max(version), 0) as version from ${q.migration}`)
  return numberOf(row?.version)
}

function newerSchema(version: number): SchemaError {
  return new SchemaError(
    `The queue's tables have version ${version}; this version of @goplate/queue-mikroorm knows ${schemaVersions.length}. ` +
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

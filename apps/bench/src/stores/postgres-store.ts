import { createDatabase, startPostgres } from '@goplate/local-postgres'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { familyCpuUs } from '../measure/process-cpu.ts'
import type { Store } from './store.ts'

/** PostgreSQL with its default settings, fsync on. */
export async function postgresStore(): Promise<Store> {
  const server = await startPostgres()
  const admin = new pg.Client({ connectionString: server.url })
  await admin.connect()
  const { version, pid } = await identify(admin)
  return {
    kind: 'postgresql',
    version,
    create: () => createDatabase(server.url),
    async usage() {
      const { rows } = await admin.query<{ bytes: string }>(`select pg_current_wal_lsn() - '0/0'::pg_lsn as bytes`)
      return { walBytes: Number(rows[0]?.bytes), cpuUs: pid === undefined ? Number.NaN : await familyCpuUs(pid) }
    },
    async settle() {
      await admin.query('checkpoint')
    },
    async stop() {
      await admin.end()
      await server.stop()
    },
  }
}

async function identify(admin: pg.Client): Promise<{ version: string; pid: number | undefined }> {
  const { rows } = await admin.query<{ version: string; directory: string }>(
    `select current_setting('server_version') as version, current_setting('data_directory') as directory`,
  )
  const file = await readFile(join(rows[0]!.directory, 'postmaster.pid'), 'utf8').catch(() => '')
  const pid = Number.parseInt(file, 10)
  return { version: rows[0]!.version, pid: Number.isNaN(pid) ? undefined : pid }
}

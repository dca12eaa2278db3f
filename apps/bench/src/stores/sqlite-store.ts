import Database from 'better-sqlite3'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Store } from './store.ts'

/** A file each: what SQLite costs is part of the client's CPU. */
export async function sqliteStore(): Promise<Store> {
  const database = new Database(':memory:')
  const version = database.prepare<[], { version: string }>('select sqlite_version() as version').get()!.version
  database.close()
  return {
    kind: 'sqlite',
    version,
    async create() {
      const directory = await mkdtemp(join(tmpdir(), 'bench-'))
      return { url: join(directory, 'jobs.db'), drop: () => rm(directory, { recursive: true, force: true }) }
    },
    usage: async () => ({ cpuUs: 0 }),
    settle: async () => {},
    stop: async () => {},
  }
}

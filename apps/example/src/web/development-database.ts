import { mkdir } from 'node:fs/promises'
import { join, relative } from 'node:path'
import type { DatabaseSettings } from '../app/settings.ts'

export interface DevelopmentDatabase {
  readonly settings: DatabaseSettings
  /** For people. */
  readonly name: string
  stop(): Promise<void>
}

/** A SQLite file that stays; or PostgreSQL: the database of DATABASE_URL, or an empty one from npm for this run. */
export async function openDevelopmentDatabase(options: {
  readonly postgres: boolean
  readonly folder: string
}): Promise<DevelopmentDatabase> {
  const given = process.env.DATABASE_URL
  if (given) return postgres(given, `PostgreSQL of DATABASE_URL, ${new URL(given).host}`)
  if (options.postgres) {
    // Imported only here: it listens to the signals that end a process.
    const { startPostgres } = await import('@goplate/local-postgres')
    const server = await startPostgres()
    return { ...postgres(server.url, 'PostgreSQL, gone when this stops'), stop: () => server.stop() }
  }
  await mkdir(options.folder, { recursive: true })
  const file = join(options.folder, 'app.sqlite')
  return { settings: { kind: 'sqlite', file }, name: `SQLite, ${relative(process.cwd(), file)}`, stop: async () => {} }
}

function postgres(url: string, name: string): DevelopmentDatabase {
  return { settings: { kind: 'postgresql', url }, name, stop: async () => {} }
}

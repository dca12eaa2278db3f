import { join } from 'node:path'
import type { DatabaseSettings } from '../../app/settings.ts'
import type { Folders } from './folders.ts'
import type { Narrator } from '../narrator.ts'

export interface DemoDatabase {
  readonly settings: DatabaseSettings
  remove(): Promise<void>
}

/** A SQLite file in the temporary directory; or a new database on a PostgreSQL from npm or of DATABASE_URL. */
export async function makeDatabase(postgres: boolean, folders: Folders, narrator: Narrator): Promise<DemoDatabase> {
  if (!postgres) {
    const file = join(folders.root, 'app.sqlite')
    narrator.say('database', `SQLite, ${file}, removed at the end`)
    return { settings: { kind: 'sqlite', file }, remove: async () => {} }
  }
  narrator.say('database', 'PostgreSQL is being started …')
  // Imported only here: it listens to the signals that end a process.
  const { createDatabase, startPostgres } = await import('@goplate/local-postgres')
  const server = await startPostgres()
  const database = await createDatabase(server.url)
  narrator.say('database', `PostgreSQL at ${new URL(database.url).host}`)
  return {
    settings: { kind: 'postgresql', url: database.url },
    async remove() {
      await database.drop()
      await server.stop()
    },
  }
}

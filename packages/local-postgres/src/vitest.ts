import type { TestProject } from 'vitest/node'
import { startPostgres } from './index.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** The server that `@goplate/local-postgres/vitest` started for this test run. */
    postgresUrl: string
  }
}

/** For `test.globalSetup`: one server per run; a test reads its address with `inject('postgresUrl')`. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  // Nothing here outlives the machine: a crash of the server alone loses nothing without fsync.
  const postgres = await startPostgres({ settings: { fsync: 'off', max_connections: 200 } })
  if (!postgres.owned) process.stdout.write('DATABASE_URL names the server: tests that stop theirs are skipped.\n')
  project.provide('postgresUrl', postgres.url)
  return () => postgres.stop()
}

import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { sqliteDriver } from '../../src/sqlite.ts'
import { auditOf } from './sqlite-harness.ts'
import { sqliteOrm, temporaryDirectory } from './sqlite-orm.ts'

const script = fileURLToPath(new URL('fixtures/working-process.ts', import.meta.url))
interface Report {
  readonly claimed: readonly string[]
  readonly errors: readonly string[]
}

async function run(dbName: string, worker: string, jobs: number): Promise<Report> {
  const { stdout } = await promisify(execFile)(process.execPath, [script, dbName, worker, String(jobs)])
  return JSON.parse(stdout) as Report
}

it('several processes on one file never claim twice, and none of them sees a lock', async () => {
  const [processes, each] = [4, 200]
  const directory = temporaryDirectory()
  const dbName = directory.path('app.db')
  const reports = await Promise.all(
    Array.from({ length: processes }, (_, index) => run(dbName, `process-${index}`, each)),
  )

  expect(reports.flatMap(({ errors }) => errors)).toEqual([])
  const claimed = reports.flatMap((report) => report.claimed)
  expect(new Set(claimed).size).toBe(claimed.length)
  expect(claimed).toHaveLength(processes * each)

  const orm = await sqliteOrm({ dbName })
  const counts = await sqliteDriver(orm).count({ filter: {} })
  expect(counts).toEqual([{ queue: 'default', state: 'finished', count: processes * each }])
  expect(await auditOf(orm)).toEqual([])
  await orm.close(true)
  directory.remove()
}, 60_000)

import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { publicPackages, root, run } from '../packaging/packages.ts'
import { filesOf } from '../packaging/page-code.ts'

/** The page's own test runs them with `node --test`; the one on PostgreSQL needs a database and is left to that. */
const files = filesOf(readFileSync(join(root, 'docs/testing.md'), 'utf8'))
const tests = [...files].filter(([name, source]) => name.endsWith('.test.ts') && !source.includes('DATABASE_URL'))
let project: string

beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), 'docs-vitest-'))
  for (const [name, source] of files) {
    if (name.endsWith('.test.ts')) continue
    writeFileSync(join(project, name), source)
  }
  for (const { name, directory } of publicPackages()) link(name, directory)
  link('@mikro-orm', join(root, 'packages/queue-mikroorm/node_modules/@mikro-orm'))
  link('vitest', join(root, 'node_modules/vitest'))
})
afterAll(() => rmSync(project, { recursive: true, force: true }))

test("docs/testing.md's tests run with vitest when only the import of the runner differs", async () => {
  const cases = tests.reduce((total, [, source]) => total + (source.match(/^test\(/gm)?.length ?? 0), 0)
  expect(cases).toBeGreaterThanOrEqual(10)
  for (const [name, source] of tests) {
    writeFileSync(join(project, name), source.replace("from 'node:test'", "from 'vitest'"))
  }
  const report = join(project, 'report.json')
  await run(join(root, 'node_modules/.bin/vitest'), ['run', '--reporter=json', `--outputFile=${report}`], project)
  const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(report, 'utf8')) as Record<string, number>
  expect({ numPassedTests, numFailedTests }).toEqual({ numPassedTests: cases, numFailedTests: 0 })
})

function link(name: string, directory: string): void {
  const path = join(project, 'node_modules', name)
  mkdirSync(dirname(path), { recursive: true })
  symlinkSync(directory, path)
}

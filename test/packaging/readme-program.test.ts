import { startPostgres, type LocalPostgres } from '@goplate/local-postgres'
import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { catalogVersion, root, run } from './packages.ts'
import { programOf } from './page-code.ts'
import { compile, runProgram, withMikroOrm } from './page-project.ts'

const packed = inject('packed')
const ours = ['@goplate/queue-core', '@goplate/queue-mikroorm']
const databases = [
  { database: 'sqlite', driver: '@mikro-orm/sqlite', absent: ['@mikro-orm/postgresql', 'pg'] },
  { database: 'postgresql', driver: '@mikro-orm/postgresql', absent: ['@mikro-orm/sqlite', 'better-sqlite3'] },
]

let postgres: LocalPostgres
beforeAll(async () => {
  postgres = await startPostgres()
})
afterAll(() => postgres?.stop())

describe.each(databases)('an empty project with npm and $database', ({ database, driver, absent }) => {
  let project: string

  beforeAll(async () => {
    project = await mkdtemp(join(tmpdir(), `readme-${database}-`))
    await writeFile(join(project, 'package.json'), '{ "name": "app", "private": true, "type": "module" }\n')
    const tarballs = ours.map((name) => packed[name]!.tarball)
    const mikroOrm = ['@mikro-orm/core', driver].map((name) => `${name}@${catalogVersion(name)}`)
    await run('npm', ['install', '--no-audit', '--no-fund', ...tarballs, ...mikroOrm], project)
  })
  afterAll(() => rm(project, { recursive: true, force: true }))

  test('installs our packages, MikroORM with what it needs, and nothing else', () => {
    const installed = readLockfile(project)
    const needed = closure(installed, ['@mikro-orm/core', driver])
    expect([...installed.keys()].filter((name) => !needed.has(name))).toEqual(ours)
    expect(absent.filter((name) => existsSync(join(project, 'node_modules', name)))).toEqual([])
  })

  test("compiles and runs the README's program", async () => {
    const source = programOf(readFileSync(join(root, 'README.md'), 'utf8'), database)
    await writeFile(join(project, 'program.ts'), source)
    await compile(project, new Map([['program.ts', source]]), withMikroOrm)
    await runProgram({ file: 'program.ts', source, folder: project, env: { DATABASE_URL: postgres.url } })
  })
})

/** What npm installed: the names of each package's dependencies, by its name (all versions of it together). */
function readLockfile(project: string): Map<string, string[]> {
  const lockfile = JSON.parse(readFileSync(join(project, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { dependencies?: object; optionalDependencies?: object }>
  }
  const installed = new Map<string, string[]>()
  for (const [path, entry] of Object.entries(lockfile.packages)) {
    if (path === '') continue
    const name = path.replace(/^.*node_modules\//, '')
    const needs = Object.keys({ ...entry.dependencies, ...entry.optionalDependencies })
    installed.set(name, [...(installed.get(name) ?? []), ...needs])
  }
  return installed
}

function closure(installed: Map<string, string[]>, names: string[], found = new Set<string>()): Set<string> {
  for (const name of names) {
    if (found.has(name)) continue
    found.add(name)
    closure(installed, installed.get(name) ?? [], found)
  }
  return found
}

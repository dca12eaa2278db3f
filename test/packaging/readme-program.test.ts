import { startPostgres, type LocalPostgres } from '@goplate/local-postgres'
import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { root, run } from './packages.ts'

const packed = inject('packed')
const ours = ['@goplate/queue-core', '@goplate/queue-mikroorm']
const mikroOrmVersion = '7.2.1'
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
    const mikroOrm = ['@mikro-orm/core', driver].map((name) => `${name}@${mikroOrmVersion}`)
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
    const program = programOf('README.md', database)
    await writeFile(join(project, 'program.ts'), program)
    await run(join(root, 'node_modules/.bin/tsc'), ['--ignoreConfig', ...compilerOptions, 'program.ts'], project)
    const output = await run(process.execPath, ['program.ts'], project, { DATABASE_URL: postgres.url })
    expect(output.trim().split('\n')).toEqual(linesPromisedBy(program))
  })
})

const compilerOptions = [
  ...['--noEmit', '--strict', '--skipLibCheck', '--target', 'es2023', '--module', 'nodenext', '--erasableSyntaxOnly'],
  ...['--types', 'node', '--typeRoots', join(root, 'node_modules/@types')],
]

/** What the comments beside its top-level console.log calls say it prints. */
function linesPromisedBy(program: string): string[] {
  const lines = [...program.matchAll(/^console\.log\(.*\) \/\/ (.*)$/gm)].map((match) => match[1] ?? '')
  if (lines.length === 0) throw new Error('The program says of no console.log what it prints.')
  return lines
}

/** The first ts block after `<!-- program: name -->`. */
function programOf(file: string, name: string): string {
  const path = join(root, file)
  const text = existsSync(path) ? readFileSync(path, 'utf8') : ''
  const marked = text.split(`<!-- program: ${name} -->`)[1]
  const block = /```ts\n([\s\S]*?)```/.exec(marked ?? '')?.[1]
  if (!block) throw new Error(`${file} has no \`\`\`ts block marked <!-- program: ${name} -->.`)
  return block
}

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

import { createDatabase, startPostgres, type LocalPostgres } from '@goplate/local-postgres'
import { globSync, readFileSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { catalogVersion, root, run } from './packages.ts'
import { filesOf, linesWithoutFile } from './page-code.ts'
import { compile, programsOf, runProgram, withMikroOrm, writeFiles } from './page-project.ts'

const packed = inject('packed')
/** documented-driver.test.ts tests that page. */
const pages = globSync('docs/*.md', { cwd: root })
  .filter((page) => page !== 'docs/drivers.md')
  .sort()
/** Its programs build on one another: start-walk.test.ts runs them as the page says. */
const walk = 'docs/start.md'
const dependencies = ['@mikro-orm/core', '@mikro-orm/sqlite', '@mikro-orm/postgresql', '@mikro-orm/migrations', 'zod']

let postgres: LocalPostgres
let project: string
beforeAll(async () => {
  postgres = await startPostgres()
  project = await mkdtemp(join(tmpdir(), 'docs-'))
  await writeFile(join(project, 'package.json'), '{ "name": "docs", "private": true, "type": "module" }\n')
  const tarballs = Object.values(packed).map(({ tarball }) => tarball)
  const published = dependencies.map((name) => `${name}@${catalogVersion(name)}`)
  await run('npm', ['install', '--no-audit', '--no-fund', ...tarballs, ...published], project)
})
afterAll(async () => {
  await postgres?.stop()
  if (project) await rm(project, { recursive: true, force: true })
})

describe.each(pages)('%s', (page) => {
  const text = readFileSync(join(root, page), 'utf8')
  const files = filesOf(text)

  test('has no ts block that belongs to no file', () => {
    expect(linesWithoutFile(text)).toEqual([])
  })

  if (files.size > 0) {
    test('compiles under strict options', async () => {
      await compile(await folderOf('types'), files, withMikroOrm)
    })
  }

  test.for(page === walk ? [] : programsOf(files))('runs %s', async (file) => {
    const source = files.get(file) ?? ''
    const database = await createDatabase(postgres.url)
    const folder = await folderOf(file.replaceAll(/\W/g, '-'))
    await runProgram({ file, source, folder, env: { DATABASE_URL: database.url } })
    await database.drop()
  })

  /** The page's files in a folder of its own, so that no two programs share an SQLite file. */
  async function folderOf(use: string): Promise<string> {
    const folder = join(project, basename(page, '.md'), use)
    await mkdir(folder, { recursive: true })
    await writeFiles(folder, files)
    return folder
  }
})

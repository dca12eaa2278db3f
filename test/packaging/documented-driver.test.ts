import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { root, run } from './packages.ts'
import { filesOf } from './page-code.ts'
import { compile, countOf, writeFiles } from './page-project.ts'

const packed = inject('packed')
const page = 'docs/drivers.md'
const files = filesOf(readFileSync(join(root, page), 'utf8'))
/** What the page promises. */
const lineLimit = 231

describe(`the driver of ${page}, in an empty project with npm`, () => {
  let project: string

  beforeAll(async () => {
    project = await mkdtemp(join(tmpdir(), 'documented-driver-'))
    await writeFile(join(project, 'package.json'), '{ "name": "driver", "private": true, "type": "module" }\n')
    const tarballs = ['@goplate/queue-core', '@goplate/queue-testing'].map((name) => packed[name]!.tarball)
    await run('npm', ['install', '--no-audit', '--no-fund', ...tarballs], project)
    await writeFiles(project, files)
  })
  afterAll(() => rm(project, { recursive: true, force: true }))

  test(`has at most ${lineLimit} lines of code`, () => {
    const lines = files.get('file-driver.ts')?.split('\n')
    expect(lines?.filter((line) => !/^\s*($|\/\/|\/?\*)/.test(line)).length).toBeLessThanOrEqual(lineLimit)
  })

  test('compiles under strict options', async () => {
    await compile(project, files)
  })

  test('passes every case of the conformance suite, and none is skipped', async () => {
    const report = await run(process.execPath, ['--test', '--test-reporter=tap', 'file-driver.test.ts'], project)
    expect(countOf(report, 'pass')).toBeGreaterThan(100)
    expect(countOf(report, 'pass')).toBe(countOf(report, 'tests'))
  })
})

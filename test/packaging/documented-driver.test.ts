import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { root, run } from './packages.ts'

const packed = inject('packed')
const page = 'docs/drivers.md'
const files = ['file-driver.ts', 'file-driver.test.ts']
/** What the page promises. */
const lineLimit = 230

describe(`the driver of ${page}, in an empty project with npm`, () => {
  let project: string

  beforeAll(async () => {
    project = await mkdtemp(join(tmpdir(), 'documented-driver-'))
    await writeFile(join(project, 'package.json'), '{ "name": "driver", "private": true, "type": "module" }\n')
    const tarballs = ['@goplate/queue-core', '@goplate/queue-testing'].map((name) => packed[name]!.tarball)
    await run('npm', ['install', '--no-audit', '--no-fund', ...tarballs], project)
    for (const file of files) await writeFile(join(project, file), codeOf(file))
  })
  afterAll(() => rm(project, { recursive: true, force: true }))

  test(`has at most ${lineLimit} lines of code`, () => {
    const lines = codeOf('file-driver.ts').split('\n')
    expect(lines.filter((line) => !/^\s*($|\/\/|\/?\*)/.test(line)).length).toBeLessThanOrEqual(lineLimit)
  })

  test('compiles under strict options', async () => {
    await run(join(root, 'node_modules/.bin/tsc'), ['--ignoreConfig', ...compilerOptions, ...files], project)
  })

  test('passes every case of the conformance suite, and none is skipped', async () => {
    const report = await run(process.execPath, ['--test', '--test-reporter=tap', 'file-driver.test.ts'], project)
    expect(countOf(report, 'pass')).toBeGreaterThan(100)
    expect(countOf(report, 'pass')).toBe(countOf(report, 'tests'))
  })
})

const compilerOptions = [
  ...['--noEmit', '--strict', '--exactOptionalPropertyTypes', '--noUncheckedIndexedAccess', '--noUnusedLocals'],
  ...['--target', 'es2024', '--module', 'nodenext', '--erasableSyntaxOnly', '--allowImportingTsExtensions'],
  ...['--types', 'node', '--typeRoots', join(root, 'node_modules/@types')],
]

/** All ts blocks after a `<!-- file: name -->`, in order. */
function codeOf(file: string): string {
  const text = readFileSync(join(root, page), 'utf8')
  const blocks = [...text.matchAll(/<!-- file: (\S+) -->\n\n```ts\n([\s\S]*?)```/g)]
  return blocks.flatMap(([, name, code]) => (name === file ? [code] : [])).join('\n')
}

function countOf(report: string, what: string): number {
  const count = new RegExp(`^# ${what} (\\d+)$`, 'm').exec(report)?.[1]
  if (count === undefined) throw new Error(`The report has no line "# ${what}".`)
  return Number(count)
}

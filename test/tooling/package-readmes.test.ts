import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { publicPackages, root, run } from '../packaging/packages.ts'

let project: string

beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), 'readmes-'))
  writeFileSync(join(project, 'package.json'), '{ "type": "module" }')
  for (const { name, directory } of publicPackages()) link(name, directory)
  link('@mikro-orm', join(root, 'packages/queue-mikroorm/node_modules/@mikro-orm'))
  link('@types', join(root, 'node_modules/@types'))
})
afterAll(() => rmSync(project, { recursive: true, force: true }))

describe.each(publicPackages())('the README of $name', ({ name, directory, exports }) => {
  const text = readFileSync(join(directory, 'README.md'), 'utf8')
  const programs = [...text.matchAll(/```ts\n([\s\S]*?)```/g)].map((match, index) => ({
    file: `${name.split('/')[1]}-${index}.ts`,
    source: match[1] ?? '',
  }))

  test('is one page, says how to install, and names every entry', () => {
    expect(text.split('\n').length).toBeLessThanOrEqual(80)
    expect(text).toMatch(new RegExp(`^npm install .*${name}`, 'm'))
    const entries = Object.keys(exports).filter((entry) => !entry.endsWith('.json'))
    expect(entries.filter((entry) => !text.includes(`\`${join(name, entry)}\``))).toEqual([])
  })

  test('has programs that compile and print what they say', async () => {
    expect(programs).not.toEqual([])
    for (const { file, source } of programs) writeFileSync(join(project, file), source)
    const files = programs.map(({ file }) => file)
    const config = { extends: join(root, 'tsconfig.base.json'), files }
    writeFileSync(join(project, 'tsconfig.json'), JSON.stringify(config))
    await run(join(root, 'node_modules/.bin/tsc'), ['-p', project], project)
    for (const { file, source } of programs) await expectPromisedLines(source, file)
  })
})

/** Runs a program that says beside its top-level console.log calls what they print. */
async function expectPromisedLines(source: string, file: string): Promise<void> {
  const promised = [...source.matchAll(/^console\.log\(.*\) \/\/ (.*)$/gm)].map((match) => match[1])
  if (promised.length === 0) return
  expect((await run(process.execPath, [file], project)).trim().split('\n')).toEqual(promised)
}

function link(name: string, directory: string): void {
  const path = join(project, 'node_modules', name)
  mkdirSync(dirname(path), { recursive: true })
  symlinkSync(directory, path)
}

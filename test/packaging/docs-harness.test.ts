import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { blocksOf, filesOf, linesPromisedBy, linesWithoutFile, programOf } from './page-code.ts'
import { compile, programsOf, runProgram, writeFiles } from './page-project.ts'

/** A page of Markdown; `'''` stands for a fence. */
const page = (...lines: string[]) => `${lines.join('\n').replaceAll("'''", '```')}\n`

describe('the code of a page', () => {
  test('blocks of one file are joined in order, hidden ones too', () => {
    const hidden = ['<!-- file: a.ts', "'''ts", 'const one = 1', "'''", '-->', '']
    const shown = ['<!-- file: a.ts -->', '', "'''ts", 'console.log(one) // 1', "'''"]
    const other = ['', '<!-- file: b/c.ts -->', '', "'''ts", 'export {}', "'''"]
    const files = filesOf(page(...hidden, ...shown, ...other))
    expect([...files]).toEqual([
      ['a.ts', 'const one = 1\n\nconsole.log(one) // 1\n'],
      ['b/c.ts', 'export {}\n'],
    ])
  })

  test('a ts block without the name of a file is told by its line', () => {
    const stray = page('# Page', '', "'''ts", 'const one = 1', "'''")
    const misplaced = page('<!-- file: a.ts -->', "'''ts", 'const one = 1', "'''")
    const nameless = page('<!-- file: -->', '', "'''ts", 'const one = 1', "'''")
    const named = page('<!-- file: a.ts -->', '', "'''ts", 'const one = 1', "'''", '', "'''sh", 'ls', "'''")
    expect([stray, misplaced, nameless, named].map(linesWithoutFile)).toEqual([[3], [2], [3], []])
  })

  test('a block in a list loses its indent, and one that never ends is an error', () => {
    expect(blocksOf(page('1. Run:', '', "   '''sh", '   ls', '', '     -l', "   '''"))).toEqual([
      { language: 'sh', code: 'ls\n\n  -l\n', line: 3 },
    ])
    expect(() => blocksOf(page("'''ts", 'const one = 1'))).toThrow('line 1')
  })

  test('a program that is not there, or that says of nothing what it prints, is an error', () => {
    const text = page('<!-- program: sqlite -->', '', "'''ts", 'console.log(1) // 1', "'''")
    expect(programOf(text, 'sqlite')).toBe('console.log(1) // 1\n')
    expect(() => programOf(text, 'postgresql')).toThrow('program: postgresql')
    expect(() => linesPromisedBy('console.log(1)\n')).toThrow('what it prints')
  })
})

describe('the project of a page', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'docs-harness-'))
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  test('what another file of the page names is not a program', () => {
    const files = new Map([
      ['jobs/greet.ts', "import { name } from '../name.ts'\n"],
      ['name.ts', "export const name = 'Ada'\n"],
      ['program.ts', "import './jobs/greet.ts'\n"],
      ['name.test.ts', "await import('./name.ts')\n"],
    ])
    expect(programsOf(files)).toEqual(['program.ts', 'name.test.ts'])
  })

  test('a type error is found', async () => {
    const files = new Map([['typed.ts', "const one: number = 'one'\nconsole.log(one) // one\n"]])
    await writeFiles(folder, files)
    await expect(compile(folder, files)).rejects.toThrow("Type 'string' is not assignable to type 'number'")
  })

  const programs = [
    { what: 'that prints what it says', source: "console.log('one') // one\nconsole.log(2) // 2\n" },
    { what: 'that prints something else', source: "console.log('one') // two\n", error: 'says it prints\ntwo' },
    { what: 'that prints more', source: 'console.log(1) // 1\nconsole.log(2)\n', error: 'and printed\n1\n2' },
    { what: 'that prints less', source: 'if (1 > 2)\nconsole.log(1) // 1\n', error: 'and printed\n' },
    { what: 'that says nothing of what it prints', source: 'console.log(1)\n', error: 'what it prints' },
    { what: 'that prints nothing', source: 'const one = 1\n', error: 'what it prints' },
    { what: 'that fails', source: "console.log(1) // 1\nthrow new Error('too late')\n", error: 'too late' },
  ]
  test.each(programs)('a program $what', async ({ source, error }) => {
    await expectRun('program.ts', source, error)
  })

  const passing = "import { test } from 'node:test'\ntest('passes', () => {})\n"
  const tests = [
    { what: 'passes', source: passing },
    { what: 'has no test', source: 'export {}\n', error: 'has no test' },
    { what: 'skips a test', source: `${passing}test.skip('skipped', () => {})\n`, error: 'Of 2 tests' },
    { what: 'fails', source: `${passing}test('fails', () => Promise.reject(new Error('no')))\n`, error: 'failed' },
  ]
  test.each(tests)('a test file that $what', async ({ source, error }) => {
    await expectRun('page.test.ts', source, error)
  })

  async function expectRun(file: string, source: string, error: string | undefined): Promise<void> {
    await writeFiles(folder, new Map([[file, source]]))
    const run = runProgram({ file, source, folder })
    if (error === undefined) await expect(run).resolves.toBeUndefined()
    else await expect(run).rejects.toThrow(error)
  }
})

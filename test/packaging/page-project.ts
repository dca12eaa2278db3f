import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { linesPromisedBy } from './page-code.ts'
import { root, run } from './packages.ts'

/** The files of a page, by name. */
export type PageFiles = ReadonlyMap<string, string>

export async function writeFiles(folder: string, files: PageFiles): Promise<void> {
  for (const [name, code] of files) {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await writeFile(join(folder, name), code)
  }
}

/** Throws what tsc says. `more`: options besides the strict ones. */
export async function compile(folder: string, files: PageFiles, more: readonly string[] = []): Promise<void> {
  await run(join(root, 'node_modules/.bin/tsc'), ['--ignoreConfig', ...strictOptions, ...more, ...files.keys()], folder)
}

/** MikroORM's own declarations do not compile under the strict options. */
export const withMikroOrm = ['--skipLibCheck']

/** The files that no other file of the page names in a relative path: these are run. */
export function programsOf(files: PageFiles): string[] {
  const named = [...files].flatMap(([name, code]) => {
    const paths = [...code.matchAll(/'(\.{1,2}\/[^'\n]+\.ts)'/g)].map((match) => match[1] ?? '')
    return paths.map((path) => join(dirname(name), path))
  })
  return [...files.keys()].filter((name) => !named.includes(name) && !name.endsWith('.d.ts'))
}

export interface ProgramRun {
  readonly file: string
  readonly source: string
  /** Where the page's files are; the program's working directory. */
  readonly folder: string
  readonly env?: NodeJS.ProcessEnv
}

/** Runs a program to its end, or a test file; throws when it fails or prints anything but what its comments say. */
export async function runProgram({ file, source, folder, env }: ProgramRun): Promise<void> {
  if (file.endsWith('.test.ts')) return runTests(file, folder, env)
  const promised = linesPromisedBy(source)
  const printed = await run(process.execPath, [file], folder, env)
  const expected = promised.map((line) => `${line}\n`).join('')
  if (printed !== expected) throw new Error(`${file} says it prints\n${expected}\nand printed\n${printed}`)
}

async function runTests(file: string, folder: string, env?: NodeJS.ProcessEnv): Promise<void> {
  const report = await run(process.execPath, ['--test', '--test-reporter=tap', file], folder, env)
  // A file without a test is reported as one test that passed.
  if (report.includes(`# Subtest: ${file}\n`)) throw new Error(`${file} has no test.`)
  const [tests, passed] = [countOf(report, 'tests'), countOf(report, 'pass')]
  if (passed < tests) throw new Error(`Of ${tests} tests in ${file}, ${passed} passed.\n${report}`)
}

/** What the report of `node --test` in TAP counts: `tests`, `pass`, `fail`, `skipped`. */
export function countOf(report: string, what: string): number {
  const count = new RegExp(`^# ${what} (\\d+)$`, 'm').exec(report)?.[1]
  if (count === undefined) throw new Error(`The report has no line "# ${what}".`)
  return Number(count)
}

/** An application of a reader who turned everything on. */
const strictOptions = [
  ...['--noEmit', '--strict', '--exactOptionalPropertyTypes', '--noUncheckedIndexedAccess', '--noUnusedLocals'],
  ...['--target', 'es2024', '--module', 'nodenext', '--erasableSyntaxOnly', '--allowImportingTsExtensions'],
  ...['--verbatimModuleSyntax', '--moduleDetection', 'force'],
  ...['--types', 'node', '--typeRoots', join(root, 'node_modules/@types')],
]

import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { manyJobsSource } from './types/many-jobs.ts'

/** Measured: 294,980 with TypeScript 6.0.3 and zod 4.6. A third more may be spent before someone has to look. */
const instantiationBudget = 393_000

const packageDirectory = join(import.meta.dirname, '..')
const modules = join(packageDirectory, 'node_modules')
let directory = ''

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'goplate-types-'))
  await writeFile(join(directory, 'package.json'), '{ "type": "module" }')
  await mkdir(join(directory, 'node_modules/@goplate'), { recursive: true })
  await symlink(join(modules, 'zod'), join(directory, 'node_modules/zod'))
})
afterAll(() => rm(directory, { recursive: true, force: true }))

describe('the types of the public surface', () => {
  it('infer what the claims say and refuse what they say', { timeout: 120_000 }, async () => {
    expect((await compile(join(import.meta.dirname, 'types'))).errors).toBe('')
  })

  it('stay cheap: 300 jobs and 300 dispatches in one program', { timeout: 120_000 }, async () => {
    await install((installed) => symlink(packageDirectory, installed))
    const { errors, instantiations } = await compile(await program(manyJobsSource(300), true))
    expect(errors).toBe('')
    expect(instantiations).toBeGreaterThan(100_000)
    expect(instantiations).toBeLessThan(instantiationBudget)
  })

  it('let an adapter name its transaction, also when built and bundled', { timeout: 120_000 }, async () => {
    await install(build)
    const claims = await readFile(join(import.meta.dirname, 'types/transaction.ts'), 'utf8')
    const adapter = await readFile(join(import.meta.dirname, 'types/adapter.ts'), 'utf8')
    await writeFile(join(directory, 'adapter.ts'), adapter)
    await writeFile(join(directory, 'equal.ts'), await readFile(join(import.meta.dirname, 'types/equal.ts'), 'utf8'))
    expect((await compile(await program(claims, false))).errors).toBe('')
  })
})

/** Puts this package where a program in the directory finds it. */
async function install(put: (installed: string) => Promise<void>): Promise<void> {
  const installed = join(directory, 'node_modules/@goplate/queue-core')
  await rm(installed, { recursive: true, force: true })
  await put(installed)
}

/** The package as it is published: its manifest with the published exports, and what tsup makes. */
async function build(installed: string): Promise<void> {
  const manifest = JSON.parse(await readFile(join(packageDirectory, 'package.json'), 'utf8')) as Manifest
  await mkdir(installed, { recursive: true })
  await writeFile(
    join(installed, 'package.json'),
    JSON.stringify({ ...manifest, ...manifest.publishConfig, publishConfig: undefined }),
  )
  const { failed, stdout } = await run('tsup/dist/cli-default.js', ['--out-dir', join(installed, 'dist')])
  expect(failed, stdout).toBe(false)
}

interface Manifest {
  readonly publishConfig: { readonly exports: unknown }
}

/** `skipLibCheck` keeps what zod's own declarations cost out of the count. */
async function program(source: string, skipLibCheck: boolean): Promise<string> {
  await writeFile(join(directory, 'program.ts'), source)
  const config = {
    extends: join(packageDirectory, '../../tsconfig.base.json'),
    compilerOptions: { skipLibCheck, typeRoots: [join(modules, '@types')] },
    files: ['program.ts'],
  }
  await writeFile(join(directory, 'tsconfig.json'), JSON.stringify(config))
  return directory
}

async function compile(project: string): Promise<{ readonly errors: string; readonly instantiations: number }> {
  const { stdout } = await run('typescript/bin/tsc', ['-p', project, '--noEmit', '--extendedDiagnostics'])
  const errors = stdout.split('\n').filter((line) => line.includes('error TS'))
  return { errors: errors.join('\n'), instantiations: Number(/^Instantiations:\s+(\d+)/m.exec(stdout)?.[1]) }
}

function run(script: string, argv: string[]): Promise<{ readonly failed: boolean; readonly stdout: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [join(modules, script), ...argv], { cwd: packageDirectory }, (failed, stdout, stderr) =>
      resolve({ failed: failed !== null, stdout: stdout + stderr }),
    )
  })
}

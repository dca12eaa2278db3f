import { cpSync, existsSync, globSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { publicPackages, readManifest, root, run, runPnpm } from '../packaging/packages.ts'
import { startRegistry } from './registry.ts'

const names = publicPackages().map(({ name }) => name)
const mikroOrm = ['core', 'postgresql', 'sqlite'].map((name) => `@mikro-orm/${name}@7.2.1`)

let registry: Awaited<ReturnType<typeof startRegistry>>
let directory: string
let workspace: string
let first: string

beforeAll(async () => {
  registry = await startRegistry()
  directory = mkdtempSync(join(tmpdir(), 'rehearsal-'))
  workspace = join(directory, 'workspace')
  await copyWorkspace()
})
afterAll(() => {
  registry?.stop()
  rmSync(directory, { recursive: true, force: true })
})

test('the first release publishes every package, and nothing twice', async () => {
  await release()
  first = (await registry.versions(names[0]!))[0]!
  expect(await published()).toEqual(names.map((name) => [name, [first]]))
  await runPnpm(['release'], workspace)
  expect(await published()).toEqual(names.map((name) => [name, [first]]))
})

test('a change of one package is a release of all, next to the first', async () => {
  writeFileSync(join(workspace, '.changeset/rehearsal.md'), "---\n'@goplate/queue-core': minor\n---\n\nA feature.\n")
  await release()
  expect(await published()).toEqual(names.map((name) => [name, [first, nextMinor(first)]]))
})

test.each(
  publicPackages().flatMap((manifest) => [
    { name: manifest.name, exports: manifest.exports, client: 'npm' as const },
    { name: manifest.name, exports: manifest.exports, client: 'pnpm' as const },
  ]),
)('$name alone is installed with $client, and every entry is imported', async ({ name, exports, client }) => {
  const application = mkdtempSync(join(directory, 'application-'))
  cpSync(join(workspace, '.npmrc'), join(application, '.npmrc'))
  writeFileSync(join(application, 'package.json'), '{ "private": true, "type": "module" }')
  const wanted = [name, ...(name.endsWith('mikroorm') ? mikroOrm : [])]
  if (client === 'npm') await run('npm', ['install', '--no-audit', '--no-fund', ...wanted], application)
  else await runPnpm(['add', '--ignore-scripts', '--config.minimumReleaseAge=0', ...wanted], application)

  const entries = Object.keys(exports).filter((entry) => !entry.endsWith('.json'))
  const script = entries.map((entry) => `await import('${join(name, entry)}')`).join('\n')
  await run(process.execPath, ['--input-type=module', '--eval', script], application)
  const { version } = readManifest(join(application, 'node_modules', name, 'package.json'))
  expect(version).toBe(nextMinor(first))
})

/** What the release workflow does after the tests: versions if there are changesets, else the release. */
async function release(): Promise<void> {
  if (globSync('.changeset/!(README).md', { cwd: workspace }).length > 0) {
    await runPnpm(['changeset', 'version'], workspace)
    await git('add', '--all')
    await git('commit', '--quiet', '--message', 'Version packages')
  }
  await runPnpm(['release'], workspace)
}

async function published(): Promise<[name: string, versions: string[]][]> {
  return Promise.all(names.map(async (name) => [name, await registry.versions(name)] as [string, string[]]))
}

/** What git knows and what it would take in, installed, with the loopback registry for our scope alone. */
async function copyWorkspace(): Promise<void> {
  const listed = await run('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], root)
  for (const file of listed.split('\0').filter((file) => file !== '' && existsSync(join(root, file)))) {
    cpSync(join(root, file), join(workspace, file), { recursive: true })
  }
  const host = new URL(registry.url).host
  writeFileSync(join(workspace, '.npmrc'), `@goplate:registry=${registry.url}\n//${host}/:_authToken=rehearsal\n`)
  await git('init', '--quiet', '--initial-branch=main')
  await git('add', '--all')
  await git('commit', '--quiet', '--message', 'Start')
  await runPnpm(['install', '--frozen-lockfile', '--prefer-offline'], workspace)
}

async function git(...args: string[]): Promise<void> {
  await run('git', ['-c', 'user.name=test', '-c', 'user.email=test@example.com', ...args], workspace)
}

function nextMinor(version: string): string {
  const [major, minor] = version.split('.')
  return `${major}.${Number(minor) + 1}.0`
}

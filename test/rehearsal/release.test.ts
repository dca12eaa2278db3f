import { cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { publicPackages, root, run, runPnpm } from '../packaging/packages.ts'
import { startRegistry } from './registry.ts'

let registry: Awaited<ReturnType<typeof startRegistry>>
let directory: string
let workspace: string
let application: string

beforeAll(async () => {
  registry = await startRegistry()
  directory = mkdtempSync(join(tmpdir(), 'rehearsal-'))
  workspace = join(directory, 'workspace')
  application = join(directory, 'application')
  await copyWorkspace()
})
afterAll(async () => {
  await registry.stop()
  rmSync(directory, { recursive: true, force: true })
})

test('a release is published with one command and installed from the registry', async () => {
  writeFileSync(join(workspace, '.changeset/rehearsal.md'), "---\n'@goplate/queue-core': minor\n---\n\nA feature.\n")
  await runPnpm(['exec', 'changeset', 'version'], workspace)
  await git('commit', '--quiet', '--all', '--message', 'Version packages')
  await runPnpm(['build'], workspace)
  await runPnpm(['exec', 'changeset', 'publish'], workspace)

  const released = publicPackages().map(({ name, version }) => `${name}@${nextMinor(version)}`)
  expect(registry.published().sort()).toEqual(released.sort())

  await runPnpm(['exec', 'changeset', 'publish'], workspace) // again: nothing is left to publish
  expect(registry.published()).toHaveLength(released.length)

  cpSync(join(workspace, '.npmrc'), join(application, '.npmrc'), { recursive: true })
  writeFileSync(join(application, 'package.json'), '{ "private": true, "type": "module" }')
  const names = publicPackages().map(({ name }) => name)
  await run('npm', ['install', '--no-audit', '--no-fund', ...names, '@mikro-orm/core@7.2.1'], application)
  const entries = publicPackages().flatMap(({ name, exports }) =>
    Object.keys(exports)
      .filter((entry) => !entry.endsWith('.json'))
      .map((entry) => join(name, entry)),
  )
  const script = entries.map((entry) => `await import('${entry}')`).join('\n')
  await run(process.execPath, ['--input-type=module', '--eval', script], application)
})

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

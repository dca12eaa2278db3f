import { cpSync, globSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { publicPackages, root, run } from '../packaging/packages.ts'

let workspace: string

beforeEach(async () => {
  workspace = mkdtempSync(join(tmpdir(), 'release-'))
  const files = ['package.json', 'pnpm-workspace.yaml', '.changeset/config.json', '.prettierrc.json']
  for (const file of [...files, ...globSync('{packages,apps}/*/package.json', { cwd: root })]) {
    cpSync(join(root, file), join(workspace, file), { recursive: true })
  }
  symlinkSync(join(root, 'node_modules'), join(workspace, 'node_modules'))
  writeFileSync(join(workspace, 'pnpm-lock.yaml'), '')
  await git('init', '--quiet', '--initial-branch=main')
})
afterEach(() => rmSync(workspace, { recursive: true, force: true }))

describe('a changeset for queue-core', () => {
  test.each([
    ['patch', '0.1.1', '0.2.1', '1.2.4'],
    ['minor', '0.2.0', '0.3.0', '1.3.0'],
  ])('of kind %s is one for its dependents too, never a major', async (kind, from01, from02, from123) => {
    expect(await versionsAfter(kind, '0.1.0')).toEqual(everyPackage(from01))
    expect(await versionsAfter(kind, '0.2.0')).toEqual(everyPackage(from02))
    expect(await versionsAfter(kind, '1.2.3')).toEqual(everyPackage(from123))
  })

  test('of kind major is a major for all', async () => {
    expect(await versionsAfter('major', '1.2.3')).toEqual(everyPackage('2.0.0'))
  })

  test('leaves the peer range to the workspace: the published range follows the version', () => {
    const ranges = publicPackages().flatMap(({ peerDependencies = {} }) =>
      Object.entries(peerDependencies).filter(([name]) => name.startsWith('@goplate/')),
    )
    expect(ranges.length).toBeGreaterThan(0)
    expect(new Set(ranges.map(([, range]) => range))).toEqual(new Set(['workspace:^']))
  })
})

/** Sets every public package to `current`, adds a changeset for core and runs `changeset version`. */
async function versionsAfter(kind: string, current: string): Promise<Record<string, string>> {
  for (const { path, manifest } of manifests()) {
    if (!manifest.private) writeFileSync(path, JSON.stringify({ ...manifest, version: current }, null, 2))
  }
  writeFileSync(join(workspace, '.changeset/probe.md'), `---\n'@goplate/queue-core': ${kind}\n---\n\nA change.\n`)
  await git('add', '--all')
  await git('-c', 'user.name=test', '-c', 'user.email=test@example.com', 'commit', '--quiet', '--message', 'Probe')
  await run(join(root, 'node_modules/.bin/changeset'), ['version'], workspace)
  const released = manifests().filter(({ manifest }) => !manifest.private)
  return Object.fromEntries(released.map(({ manifest }) => [manifest.name, manifest.version]))
}

function everyPackage(version: string): Record<string, string> {
  return Object.fromEntries(publicPackages().map(({ name }) => [name, version]))
}

function manifests(): { path: string; manifest: { name: string; version: string; private?: boolean } }[] {
  return globSync('packages/*/package.json', { cwd: workspace })
    .map((path) => join(workspace, path))
    .map((path) => ({ path, manifest: JSON.parse(readFileSync(path, 'utf8')) }))
}

async function git(...args: string[]): Promise<void> {
  await run('git', args, workspace)
}

import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { publicPackages, root } from '../packaging/packages.ts'

interface Step {
  readonly uses?: string
  readonly run?: string
  readonly env?: Record<string, string>
}

interface Workflow {
  readonly permissions: Record<string, string>
  readonly jobs: Record<string, { permissions?: Record<string, string>; steps: Step[]; 'timeout-minutes'?: number }>
}

const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  packageManager: string
  scripts: Record<string, string>
  devDependencies: Record<string, string>
}
const files = globSync('.github/workflows/*.yml', { cwd: root })
const ownCommands = ['install', 'add', 'exec']

test('CI and release are there', () => {
  expect(files.map((file) => file.split(/[\\/]/).at(-1)).sort()).toEqual(['ci.yml', 'release.yml'])
})

describe.each(files)('%s', (file) => {
  const workflow = read(file)
  const jobs = Object.values(workflow.jobs)
  const steps = jobs.flatMap((job) => job.steps)
  const runs = steps.flatMap(({ run = '' }) => run.split('\n'))

  test('calls only scripts that exist', () => {
    const called = runs.flatMap(scriptCalledBy)
    expect(called.length).toBeGreaterThan(0)
    expect(called.filter((script) => !(script in manifest.scripts))).toEqual([])
  })

  test('installs the pnpm of the workspace, from the lockfile', () => {
    const installed = runs.filter((line) => line.startsWith('npm install'))
    expect(new Set(installed)).toEqual(new Set([`npm install --global ${manifest.packageManager}`]))
    expect(runs.filter((line) => /^pnpm install/.test(line) && !line.includes('--frozen-lockfile'))).toEqual([])
  })

  test('filters by packages that exist', () => {
    const names = new Set(publicPackages().map(({ name }) => name))
    const filtered = runs.flatMap((line) => [...line.matchAll(/--filter (@\S+)/g)].map((match) => match[1] ?? ''))
    expect(filtered.filter((name) => !names.has(name))).toEqual([])
  })

  test('pins every action, bounds every job, knows no secret', () => {
    expect(steps.flatMap(({ uses = 'none@v1' }) => uses).filter((uses) => !/@v\d+$/.test(uses))).toEqual([])
    expect(jobs.filter((job) => job['timeout-minutes'] === undefined)).toEqual([])
    expect(readFileSync(join(root, file), 'utf8')).not.toMatch(/secrets\.|NPM_TOKEN|NODE_AUTH_TOKEN|_authToken/)
  })
})

test('CI tests the oldest Node.js that the packages support and the one of the workspace', () => {
  const text = readFileSync(join(root, '.github/workflows/ci.yml'), 'utf8')
  expect(text).toContain(`node: [22.17.0, ${manifest.devDependencies.node}, 26`)
  expect(text).toContain(`matrix.node != '${manifest.devDependencies.node}'`)
})

test('only the job that publishes may ask for an identity, and it publishes with provenance', () => {
  const { jobs, permissions } = read('.github/workflows/release.yml')
  expect(permissions).toEqual({})
  const withIdentity = Object.entries(jobs).filter(([, job]) => job.permissions?.['id-token'] === 'write')
  expect(withIdentity.map(([name]) => name)).toEqual(['publish'])
  const publishing = Object.values(jobs).flatMap((job) => job.steps.filter(({ run }) => run === 'pnpm release'))
  expect(publishing.map(({ env }) => env)).toEqual([{ PNPM_CONFIG_PROVENANCE: 'true' }])
  expect(manifest.scripts.release).toMatch(/changeset publish$/)
})

function read(file: string): Workflow {
  return parse(readFileSync(join(root, file), 'utf8')) as Workflow
}

/** The root script that a line of shell calls; a line with --filter calls a script of the packages it names. */
function scriptCalledBy(line: string): string[] {
  const [, script = ''] = /^pnpm (\S+)/.exec(line) ?? []
  if (script === '' || script.startsWith('-') || ownCommands.includes(script)) return []
  return [script]
}

import { execFile } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { parse } from 'yaml'

export const root = join(import.meta.dirname, '../..')

export interface PackedPackage {
  readonly tarball: string
  readonly directory: string
}

export interface Manifest {
  readonly name: string
  readonly version: string
  readonly private?: boolean
  readonly exports: Record<string, string>
  readonly publishConfig: { readonly exports: Record<string, string | { types: string; default: string }> }
  readonly dependencies?: Record<string, string>
  readonly peerDependencies?: Record<string, string>
}

export function publicPackages(): (Manifest & { directory: string })[] {
  return globSync('packages/*/package.json', { cwd: root })
    .map((path) => ({ ...readManifest(join(root, path)), directory: join(root, dirname(path)) }))
    .filter((manifest) => !manifest.private)
}

export function readManifest(path: string): Manifest {
  return JSON.parse(readFileSync(path, 'utf8')) as Manifest
}

/** The version of a dependency that the workspace's catalog names, without its range. */
export function catalogVersion(name: string): string {
  const { catalog } = parse(readFileSync(join(root, 'pnpm-workspace.yaml'), 'utf8')) as {
    catalog: Record<string, string>
  }
  const range = catalog[name]
  if (range === undefined) throw new Error(`The catalog of pnpm-workspace.yaml does not name ${name}.`)
  return range.replace(/^\^/, '')
}

/** The pnpm that runs this test, or the pinned one; its standard output. */
export async function runPnpm(args: string[], cwd: string): Promise<string> {
  const running = process.env.npm_execpath
  if (running?.endsWith('pnpm')) return run(running, args, cwd)
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { packageManager: string }
  return run('npx', ['-y', packageManager, ...args], cwd)
}

/** Standard output of a command; when it fails, an error with all that it printed. */
export async function run(command: string, args: string[], cwd: string, env?: NodeJS.ProcessEnv): Promise<string> {
  const options = { cwd, env: { ...process.env, ...env }, timeout: 120_000, maxBuffer: 64 * 1024 * 1024 }
  try {
    return (await promisify(execFile)(command, args, options)).stdout
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string }
    throw new Error(`${command} ${args.join(' ')} failed.\n${stdout}\n${stderr}`, { cause: error })
  }
}

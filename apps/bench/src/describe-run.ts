import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { arch, cpus, release, totalmem, type as systemType } from 'node:os'
import type { StoreKind } from './contender.ts'
import type { Results } from './results.ts'
import type { Store } from './stores/store.ts'

export function describeMachine(): Results['machine'] {
  const cores = cpus()
  return {
    cpu: cores[0]?.model ?? 'unknown',
    cores: cores.length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${systemType()} ${release()} ${arch()}`,
  }
}

const measured = [
  ...['graphile-worker', 'pg-boss', 'sidequest', 'bullmq', 'plainjob', 'liteque', 'pg', 'better-sqlite3'],
  ...['@mikro-orm/core', '@goplate/queue-core'],
]

export function describeVersions(stores: ReadonlyMap<StoreKind, Store>): Record<string, string> {
  const packages = measured.map((name) => [name, versionOf(name)])
  return Object.fromEntries([
    ['node', process.versions.node],
    ...[...stores.values()].map(({ kind, version }) => [kind, version]),
    ...packages,
  ]) as Record<string, string>
}

function versionOf(name: string): string {
  const manifest = new URL(`../node_modules/${name}/package.json`, import.meta.url)
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version
}

/** With a mark when the tree differs from it. */
export function commitOf(): string {
  const git = (...args: string[]) => execFileSync('git', args, { encoding: 'utf8' }).trim()
  try {
    return (
      git('rev-parse', '--short', 'HEAD') + (git('status', '--porcelain', '--untracked-files=no') === '' ? '' : '+')
    )
  } catch {
    return 'unknown'
  }
}

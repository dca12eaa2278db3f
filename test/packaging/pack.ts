import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { TestProject } from 'vitest/node'
import { publicPackages, root, runPnpm, type PackedPackage } from './packages.ts'

const run = promisify(execFile)

declare module 'vitest' {
  export interface ProvidedContext {
    /** What would be published, by package name: the tarball, and the folder it was unpacked to. */
    packed: Record<string, PackedPackage>
  }
}

/** Builds the public packages once and packs them as `pnpm publish` would. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const directory = await mkdtemp(join(tmpdir(), 'packed-'))
  await runPnpm(['build'], root)
  const packed = await Promise.all(
    publicPackages().map((manifest) => pack(manifest.name, manifest.directory, directory)),
  )
  // What the adapter's declarations name, for whoever reads them.
  const mikroOrm = join(root, 'packages/queue-mikroorm/node_modules/@mikro-orm')
  await symlink(mikroOrm, join(directory, 'node_modules/@mikro-orm'))
  project.provide('packed', Object.fromEntries(packed))
  return () => rm(directory, { recursive: true, force: true })
}

async function pack(name: string, source: string, directory: string): Promise<[name: string, packed: PackedPackage]> {
  const output = await runPnpm(['pack', '--json', '--pack-destination', directory], source)
  const { filename } = JSON.parse(output.slice(output.indexOf('{'))) as { filename: string }
  const unpacked = join(directory, 'node_modules', name)
  await mkdir(unpacked, { recursive: true })
  await run('tar', ['-xzf', filename, '--strip-components=1', '-C', unpacked])
  return [name, { tarball: filename, directory: unpacked }]
}

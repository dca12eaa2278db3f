import { globSync, statSync, writeFileSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { describe, expect, inject, test } from 'vitest'
import { publicPackages, readManifest, root, run } from './packages.ts'

const packed = inject('packed')
const bin = (name: string) => join(root, 'node_modules/.bin', name)

describe.each(publicPackages())('the tarball of $name', ({ name, exports, publishConfig }) => {
  const { tarball, directory } = packed[name]!

  test('passes publint', async () => {
    await run(bin('publint'), [tarball, '--strict'], root)
  })

  test('has types that every ESM resolution finds', async () => {
    await run(bin('attw'), [tarball, '--profile', 'esm-only'], root)
  })

  test('has the entries that the workspace has', async () => {
    expect(Object.keys(publishConfig.exports)).toEqual(Object.keys(exports))
    const published = readManifest(join(directory, 'package.json'))
    expect(published.exports).toEqual(publishConfig.exports)
    const files = Object.values(publishConfig.exports).flatMap((entry) =>
      typeof entry === 'string' ? [entry] : Object.values(entry),
    )
    await Promise.all(files.map((file) => stat(join(directory, file))))
  })

  test('names no workspace', async () => {
    const { peerDependencies = {} } = readManifest(join(directory, 'package.json'))
    expect(Object.values(peerDependencies).filter((range) => range.includes(':'))).toEqual([])
  })
})

test('core and adapter bring nothing else into an application, and weigh at most 0.7 MB unpacked', async () => {
  const added = ['@goplate/queue-core', '@goplate/queue-mikroorm'].map((name) => packed[name]!.directory)
  const manifests = added.map((directory) => readManifest(join(directory, 'package.json')))
  expect(manifests.flatMap(({ dependencies = {} }) => Object.keys(dependencies))).toEqual([])
  const peers = manifests.flatMap(({ peerDependencies = {} }) => Object.keys(peerDependencies))
  expect(peers.filter((name) => name !== '@goplate/queue-core' && !name.startsWith('@mikro-orm/'))).toEqual([])
  expect(added.map(unpackedBytes).reduce((sum, bytes) => sum + bytes)).toBeLessThanOrEqual(0.7e6)
})

describe('queue-core', () => {
  const { tarball, directory } = packed['@goplate/queue-core']!

  test('is packed in at most 64 KB', async () => {
    expect((await stat(tarball)).size).toBeLessThanOrEqual(64 * 1024)
  })

  test('declares once what its entries share: in index.d.ts', () => {
    const declarations = globSync('dist/*.d.ts', { cwd: directory }).map((file) => basename(file))
    expect(declarations.sort()).toEqual(['define.d.ts', 'index.d.ts', 'memory.d.ts'])
  })

  test('names the functions of a stack trace as the sources do', async () => {
    const script = join(directory, '../../..', 'stack.mjs')
    writeFileSync(
      script,
      `import { parseDuration } from '@goplate/queue-core'\ntry { parseDuration('soon', 'delay') } catch (error) { console.log(error.stack) }`,
    )
    expect(await run(process.execPath, [script], join(directory, '../../..'))).toMatch(
      /^InvalidOptionError[^]*at parseDuration .*\.js:[1-9]\d*:\d+/,
    )
  })

  test('loads at most 40 modules of its own', async () => {
    const loaded = await modulesLoadedBy('@goplate/queue-core')
    expect(loaded).not.toEqual([])
    expect(loaded.filter((url) => url.includes('/@goplate/')).length).toBeLessThanOrEqual(40)
  })

  test('loads nothing that is not its own, but node:async_hooks and node:diagnostics_channel', async () => {
    const allowed = ['node:async_hooks', 'node:diagnostics_channel', 'node:crypto']
    const foreign = (await modulesLoadedBy('@goplate/queue-core')).filter(
      (url) => !url.includes('/@goplate/queue-core/'),
    )
    expect(foreign.filter((url) => !allowed.includes(url))).toEqual([])
  })

  test('reaches no node: module from ./define', async () => {
    const loaded = await modulesLoadedBy('@goplate/queue-core/define')
    expect(loaded).not.toEqual([])
    expect(loaded.filter((url) => !url.startsWith('file:'))).toEqual([])
  })

  /** The address of each module that an import reaches, the importing script itself left out. */
  async function modulesLoadedBy(specifier: string): Promise<string[]> {
    const script = join(directory, '../../..', 'load.mjs')
    writeFileSync(script, loader(specifier))
    return JSON.parse(await run(process.execPath, [script], join(directory, '../../..'))) as string[]
  }

  function loader(specifier: string): string {
    return `import { registerHooks } from 'node:module'
      const loaded = new Set()
      registerHooks({
        resolve(specifier, context, next) {
          const resolved = next(specifier, context)
          loaded.add(resolved.url)
          return resolved
        },
      })
      await import('${specifier}')
      console.log(JSON.stringify([...loaded]))`
  }
})

function unpackedBytes(directory: string): number {
  const files = globSync('**', { cwd: directory }).map((file) => statSync(join(directory, file)))
  return files.filter((file) => file.isFile()).reduce((sum, file) => sum + file.size, 0)
}

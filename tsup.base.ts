import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { defineConfig, type Options } from 'tsup'

interface Manifest {
  exports: Record<string, string>
}

/**
 * One tsup configuration for a package: its entries are the `exports` of its package.json, which point at sources;
 * `publishConfig.exports` points at what is built from them here.
 */
export function buildEntriesOf(packageDirectory: string): ReturnType<typeof defineConfig> {
  const manifest = JSON.parse(readFileSync(join(packageDirectory, 'package.json'), 'utf8')) as Manifest
  const entries = Object.entries(manifest.exports).filter(([, source]) => source.endsWith('.ts'))

  return defineConfig({
    entry: Object.fromEntries(entries.map(([name, source]) => [entryName(name), source])),
    format: 'esm',
    target: 'es2023',
    platform: 'node',
    dts: { compilerOptions: { stripInternal: true } },
    clean: true,
    splitting: true,
    sourcemap: false,
    removeNodeProtocol: false,
    minify: 'terser',
    terserOptions: smallWithReadableStacks,
  })
}

/**
 * Comments and the names of local variables go; functions, classes and methods keep their names and their bodies, and
 * statements their lines, so that a stack trace still says where it was.
 */
const smallWithReadableStacks: NonNullable<Options['terserOptions']> = {
  module: true,
  compress: {
    passes: 2,
    inline: false,
    reduce_funcs: false,
    keep_fargs: true,
    keep_fnames: true,
    keep_classnames: true,
  },
  // `module` alone would rename what stands at the top too: bundled classes are `var Name = class`.
  mangle: { module: false, toplevel: false, keep_fnames: true, keep_classnames: true },
  format: { semicolons: false },
}

function entryName(exported: string): string {
  return exported === '.' ? 'index' : exported.replace(/^\.\//, '')
}

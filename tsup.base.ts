import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { defineConfig, type Options } from 'tsup'
import ts from 'typescript'

type Plugin = NonNullable<Options['esbuildPlugins']>[number]

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
    dts: true,
    clean: true,
    splitting: true,
    sourcemap: false,
    removeNodeProtocol: false,
    esbuildPlugins: [withoutComments],
  })
}

/** Readable code without its comments: what users read of them stands in the declarations, which keep them. */
const withoutComments: Plugin = {
  name: 'without-comments',
  setup(build) {
    build.onLoad({ filter: /\.ts$/ }, async ({ path }) => ({
      contents: strip(await readFile(path, 'utf8')),
      loader: 'js',
    }))
  },
}

function strip(source: string): string {
  const compilerOptions: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.ESNext,
    verbatimModuleSyntax: true,
    removeComments: true,
  }
  return ts.transpileModule(source, { compilerOptions }).outputText
}

function entryName(exported: string): string {
  return exported === '.' ? 'index' : exported.replace(/^\.\//, '')
}

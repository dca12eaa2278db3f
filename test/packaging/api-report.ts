import { Extractor, ExtractorConfig, ExtractorLogLevel } from '@microsoft/api-extractor'
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './packages.ts'

export interface Entry {
  /** As it is imported: `@goplate/queue-core/memory`. */
  readonly specifier: string
  /** The declarations of the entry, inside `directory`. */
  readonly types: string
  /** The package, unpacked. */
  readonly directory: string
}

/** What an entry exports, with the declarations of what they name, sorted: the text that a pull request shows changed. */
export function apiReport({ specifier, types, directory }: Entry): string {
  const reports = join(directory, 'api-report')
  const reportFileName = `${specifier.replaceAll(/\W+/g, '-')}.api.md`
  mkdirSync(reports, { recursive: true })
  const { errorCount } = Extractor.invoke(configOf({ directory, types, reports, reportFileName }), {
    localBuild: true,
    messageCallback: (message) => {
      message.handled = message.logLevel !== ExtractorLogLevel.Error
    },
  })
  if (errorCount > 0) throw new Error(`${specifier} has declarations that API Extractor cannot read.`)
  return declarationsIn(readFileSync(join(reports, reportFileName), 'utf8'))
}

interface Report {
  readonly directory: string
  readonly types: string
  readonly reports: string
  readonly reportFileName: string
}

function configOf({ directory, types, reports, reportFileName }: Report): ExtractorConfig {
  const none = { logLevel: 'none' as const }
  return ExtractorConfig.prepare({
    configObjectFullPath: undefined,
    packageJsonFullPath: join(directory, 'package.json'),
    configObject: {
      projectFolder: directory,
      mainEntryPointFilePath: join(directory, types),
      compiler: { overrideTsconfig: { compilerOptions, files: [types] } },
      apiReport: {
        enabled: true,
        includeForgottenExports: true,
        reportFolder: reports,
        reportTempFolder: join(reports, 'new'),
        reportFileName,
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      newlineKind: 'lf',
      messages: {
        compilerMessageReporting: { default: { logLevel: 'error' as const } },
        extractorMessageReporting: { default: none },
        tsdocMessageReporting: { default: none },
      },
    } as Parameters<typeof ExtractorConfig.prepare>[0]['configObject'],
  })
}

const compilerOptions = {
  target: 'es2023',
  lib: ['es2024'],
  module: 'nodenext',
  strict: true,
  skipLibCheck: true,
  types: ['node'],
  typeRoots: [join(root, 'node_modules/@types')],
}

/** The code block, without remarks on what has no comment. */
function declarationsIn(report: string): string {
  const code = /```ts\n([\s\S]*)```/.exec(report)?.[1]
  if (code === undefined) throw new Error('API Extractor wrote a report without declarations.')
  return code.replace(/^ *\/\/ (@public.*|@internal.*|\(undocumented\)|\(No @packageDocumentation.*)\n/gm, '').trim()
}

import { ESLint } from 'eslint'
import { join } from 'node:path'
import tseslint from 'typescript-eslint'
import { describe, expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')
const core = 'packages/queue-core/src'

/** Each line is banned in core, by the rule named beside it. */
const bannedInCore: [code: string, rule: string][] = [
  ['setTimeout(() => {}, 1)', 'no-restricted-globals'],
  ['setInterval(() => {}, 1)', 'no-restricted-globals'],
  ['setImmediate(() => {})', 'no-restricted-globals'],
  ['queueMicrotask(() => {})', 'no-restricted-globals'],
  ['clearTimeout(undefined)', 'no-restricted-globals'],
  ['globalThis.setTimeout(() => {}, 1)', 'no-restricted-globals'],
  ['global.setTimeout(() => {}, 1)', 'no-restricted-globals'],
  ['AbortSignal.timeout(1)', 'no-restricted-properties'],
  ['new Date()', 'no-restricted-syntax'],
  ['Date.now()', 'no-restricted-syntax'],
  ['Date()', 'no-restricted-syntax'],
  ['const { now } = Date', 'no-restricted-syntax'],
  ['globalThis.Date.now()', 'no-restricted-properties'],
  ['performance.now()', 'no-restricted-globals'],
  ['Math.random()', 'no-restricted-properties'],
  ['const { random } = Math', 'no-restricted-properties'],
  ['crypto.randomUUID()', 'no-restricted-globals'],
  ['globalThis.crypto.randomUUID()', 'no-restricted-globals'],
  ['process.env', 'no-restricted-globals'],
  ["console.log('')", 'no-console'],
  ["require('node:fs')", 'no-restricted-globals'],
  ["import 'node:crypto'", 'no-restricted-imports'],
  ["import 'crypto'", 'no-restricted-imports'],
  ["import 'node:process'", 'no-restricted-imports'],
  ["import 'node:timers/promises'", 'no-restricted-imports'],
  ["import 'node:perf_hooks'", 'no-restricted-imports'],
  ["import 'node:fs'", 'no-restricted-imports'],
  ["import 'node:async_hooks'", 'no-restricted-imports'],
  ["import 'node:diagnostics_channel'", 'no-restricted-imports'],
  ["export * from 'node:events'", 'no-restricted-imports'],
  ["import('node:fs')", 'no-restricted-syntax'],
]

/** What the bans must leave alone. */
const allowed: [file: string, code: string][] = [
  [
    'queue/options.ts',
    'export const startsAt = (at: Date | number): number => (at instanceof Date ? at.getTime() : at)',
  ],
  ['queue/queue-options.ts', 'export const seconds = Math.floor(1.5)'],
  ['worker/attempt-runner.ts', "import 'node:async_hooks'"],
  ['worker/root-context.ts', "import 'node:async_hooks'"],
  ['queue/diagnostics.ts', "import 'node:diagnostics_channel'"],
  ['system-clock.ts', 'setTimeout(() => performance.now(), Date.now())'],
  ['system-random.ts', "import 'node:crypto'"],
  ['worker/signals.ts', "process.once('SIGTERM', () => {})"],
  ['queue/queue.test.ts', 'setTimeout(() => {}, Math.random())'],
]

describe('core', () => {
  test.each(bannedInCore)('may not contain: %s', async (code, rule) => {
    expect(await rulesBrokenBy(code, `${core}/queue/probe.ts`)).toContain(rule)
  })

  test.each(bannedInCore.filter(([code]) => !/async_hooks/.test(code)))(
    'may not contain in its worker either: %s',
    async (code, rule) => {
      expect(await rulesBrokenBy(code, `${core}/worker/probe.ts`)).toContain(rule)
    },
  )

  test('may not import node:async_hooks in its events', async () => {
    expect(await rulesBrokenBy("import 'node:async_hooks'", `${core}/events.ts`)).toContain('no-restricted-imports')
  })

  test.each(allowed)('%s may contain: %s', async (file, code) => {
    const broken = await rulesBrokenBy(code, `${core}/${file}`)
    expect(broken.filter((rule) => rule === 'no-console' || rule.startsWith('no-restricted'))).toEqual([])
  })
})

describe('every package', () => {
  test.each([
    ['async function work() {}\nwork()', '@typescript-eslint/no-floating-promises'],
    ['[1].forEach(async () => {})', '@typescript-eslint/no-misused-promises'],
    ["import { Logger } from './logger.ts'\nexport type L = Logger", '@typescript-eslint/consistent-type-imports'],
    ['export const value: any = 1', '@typescript-eslint/no-explicit-any'],
    [
      '// eslint-disable-next-line @typescript-eslint/no-explicit-any\nexport const value: any = 1',
      '@eslint-community/eslint-comments/require-description',
    ],
  ])('may not contain: %s', async (code, rule) => {
    // Rules that need types are asked about a file that the project knows.
    expect(await rulesBrokenBy(code, `${core}/index.ts`, { withTypes: true })).toContain(rule)
  })

  test('may say `any` with a reason', async () => {
    const code =
      '// eslint-disable-next-line @typescript-eslint/no-explicit-any -- the reason\nexport const value: any = 1'
    expect(await rulesBrokenBy(code, `${core}/index.ts`, { withTypes: true })).toEqual([])
  })

  test('logs nothing to the console', async () => {
    expect(await rulesBrokenBy("console.log('')", 'packages/queue-mikroorm/src/probe.ts')).toContain('no-console')
  })
})

const untyped = new ESLint({ cwd: root, overrideConfig: tseslint.configs.disableTypeChecked })
const typed = new ESLint({ cwd: root })

async function rulesBrokenBy(code: string, file: string, { withTypes = false } = {}): Promise<string[]> {
  const [result] = await (withTypes ? typed : untyped).lintText(`${code}\n`, { filePath: join(root, file) })
  const fatal = result?.messages.find((message) => message.fatal)
  if (!result || fatal) throw new Error(`ESLint could not read the snippet: ${fatal?.message}`)
  return result.messages.map((message) => message.ruleId ?? '')
}

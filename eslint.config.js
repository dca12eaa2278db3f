import comments from '@eslint-community/eslint-plugin-eslint-comments/configs'
import js from '@eslint/js'
import { defineConfig, globalIgnores } from 'eslint/config'
import { builtinModules } from 'node:module'
import tseslint from 'typescript-eslint'

const tests = ['**/*.test.ts', '**/*.test-d.ts', '**/test/**']

export default defineConfig(
  globalIgnores(['**/dist/', '**/coverage/', '**/.turbo/']),
  js.configs.recommended,
  comments.recommended,
  {
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      // An exception is stated: eslint-disable-next-line rule -- reason
      '@eslint-community/eslint-comments/require-description': ['error', { ignore: ['eslint-enable'] }],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-unused-vars': 'off',
    },
  },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/require-await': 'off',
      // Methods are declared as methods for their variance (a handler of a narrower payload is a handler).
      '@typescript-eslint/unbound-method': 'off',
      // `any` is rare and has its reason beside it: where it is meant, what follows from it is too.
      ...off('argument', 'assignment', 'call', 'member-access', 'return'),
      'no-undef': 'off',
    },
  },
  {
    files: tests,
    rules: {
      '@typescript-eslint/ban-ts-comment': 'off',
      '@eslint-community/eslint-comments/require-description': 'off',
    },
  },
  { files: ['**/test/types/**'], rules: { '@typescript-eslint/no-unused-vars': 'off' } },
  { files: ['packages/**'], rules: { 'no-console': 'error' } },
  {
    files: ['**/*.js', '**/*.mjs'],
    languageOptions: { globals: { console: 'readonly', process: 'readonly', URL: 'readonly' } },
  },

  // Core reads no clock, draws no random number and sets no timer: it is handed a Clock and a Random, so that a whole
  // fleet of workers runs inside one deterministic simulation. test/tooling/core-bans.test.ts proves that each ban bites.
  coreBans(),
  coreBans({ files: ['queue/diagnostics.ts'], allowedModules: ['diagnostics_channel'] }),
  coreBans({ files: ['worker/**'], allowedModules: ['async_hooks'] }),
  {
    // The three files that hold the defaults.
    files: inCore(['system-clock.ts', 'system-random.ts', 'worker/signals.ts']),
    rules: {
      'no-restricted-globals': 'off',
      'no-restricted-imports': 'off',
      'no-restricted-properties': 'off',
      'no-restricted-syntax': 'off',
    },
  },
)

function off(...unsafeUses) {
  return Object.fromEntries(unsafeUses.map((use) => [`@typescript-eslint/no-unsafe-${use}`, 'off']))
}

function inCore(files) {
  return files.map((file) => `packages/queue-core/src/${file}`)
}

function coreBans({ files = ['**'], allowedModules = [] } = {}) {
  const clock = 'Use the Clock that core is handed.'
  const random = 'Use the Random that core is handed.'
  const timers = ['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask']
  const globals = [
    ...[...timers, 'clearTimeout', 'clearInterval', 'clearImmediate', 'performance'].map((name) => ({
      name,
      message: clock,
    })),
    { name: 'crypto', message: random },
    { name: 'process', message: 'Core does not know its process; only worker/signals.ts does.' },
    { name: 'console', message: 'Use the Logger.' },
    { name: 'global', message: 'The name is globalThis, and what is banned stays banned on it.' },
    { name: 'require', message: 'Core is ESM and imports no node: module.' },
  ]
  const nodeModule = `^(node:|(${builtinModules.map((name) => name.replace(/[/.]/g, '\\$&')).join('|')})$)`
  const allowed = allowedModules.map((name) => `(?!node:${name}$)`).join('')

  return {
    files: inCore(files),
    ignores: tests,
    rules: {
      'no-restricted-globals': ['error', { globals, checkGlobalObject: true }],
      'no-restricted-imports': [
        'error',
        { patterns: [{ regex: `${allowed}${nodeModule}`, message: 'Core imports no node: module here.' }] },
      ],
      'no-restricted-properties': [
        'error',
        { object: 'Math', property: 'random', message: random },
        { object: 'AbortSignal', property: 'timeout', message: clock },
        { object: 'globalThis', property: 'Date', message: clock },
      ],
      'no-restricted-syntax': [
        'error',
        {
          selector: ":not(TSTypeReference, BinaryExpression[operator='instanceof']) > Identifier[name='Date']",
          message: `${clock} (\`Date\` as a type and \`instanceof Date\` are fine.)`,
        },
        { selector: 'ImportExpression', message: 'Core imports nothing at run time.' },
      ],
    },
  }
}

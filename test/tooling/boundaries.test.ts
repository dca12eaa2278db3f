import { cruise, type ICruiseResult } from 'dependency-cruiser'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import config from '../../dependency-cruiser.config.js'

/** A small tree that keeps every rule; the cases below each add one bad file. */
const goodTree: Record<string, string> = {
  'packages/queue-core/src/index.ts': "export * from './queue.ts'\nexport * from './memory/memory-driver.ts'",
  'packages/queue-core/src/queue.ts': "import './queue/dispatcher.ts'",
  'packages/queue-core/src/queue/dispatcher.ts': "import '../worker/worker.ts'",
  'packages/queue-core/src/worker/worker.ts': "import '../maintenance/pruner.ts'\nimport 'node:async_hooks'",
  'packages/queue-core/src/maintenance/pruner.ts': "import '../runtime.ts'",
  'packages/queue-core/src/memory/memory-driver.ts': "import '../driver/storage-driver.ts'",
  'packages/queue-core/src/memory/memory-driver.test.ts': "import '../queue.ts'",
  'packages/queue-core/src/runtime.ts': "import './driver/storage-driver.ts'",
  'packages/queue-core/src/driver/storage-driver.ts': "import type { Registry } from '../job-registry.ts'",
  'packages/queue-core/src/job-registry.ts': "import './events.ts'\nexport type Registry = object",
  'packages/queue-core/src/events.ts': "import type { Job } from './job/job.ts'",
  'packages/queue-core/src/job/job.ts': "import '../payload/json.ts'\nexport type Job = object",
  'packages/queue-core/src/payload/json.ts': "import '../errors.ts'",
  'packages/queue-core/src/errors.ts': 'export const code = 1',
  'packages/queue-testing/src/index.ts': "export * from '@goplate/queue-core'",
  'packages/queue-mikroorm/src/index.ts': "import '@goplate/queue-core'\nimport '@mikro-orm/core'",
  'packages/queue-mikroorm/src/sqlite.ts': "import type { SqliteDriver } from '@mikro-orm/sqlite'",
  'packages/queue-mikroorm/test/sqlite.test.ts': "import '@goplate/queue-testing'\nimport '@mikro-orm/sqlite'",
  'packages/local-postgres/src/index.ts': 'export {}',
  'apps/example/src/demo.ts': "import '@goplate/queue-core'\nimport '@goplate/queue-mikroorm'\nimport './demo/run.ts'",
  'apps/example/src/demo/run.ts': "import '../app/app.ts'",
  'apps/example/src/dev.ts': "import './web/server.ts'",
  'apps/example/src/web/server.ts': "import '../mail/mailer.ts'",
  'apps/example/src/app/app.ts': "import '../jobs/job.ts'\nexport type A = object",
  'apps/example/src/jobs/job.ts': "import '../mail/mailer.ts'",
  'apps/example/src/mail/mailer.ts': 'export {}',
}

/** One bad file per kind of boundary: where it lies, what it says, the rule it breaks. */
const badFiles: [file: string, code: string, rule: string][] = [
  // upwards inside core, one per layer
  ['packages/queue-core/src/queue/bad.ts', "import '../index.ts'", 'core-queue-imports-downwards'],
  ['packages/queue-core/src/worker/bad.ts', "import '../queue.ts'", 'core-worker-imports-downwards'],
  ['packages/queue-core/src/maintenance/bad.ts', "import '../worker/worker.ts'", 'core-maintenance-imports-downwards'],
  ['packages/queue-core/src/memory/bad.ts', "import '../maintenance/pruner.ts'", 'core-memory-imports-downwards'],
  ['packages/queue-core/src/runtime.ts', "import './queue.ts'", 'core-runtime-imports-downwards'],
  ['packages/queue-core/src/driver/bad.ts', "import '../runtime.ts'", 'core-driver-imports-downwards'],
  ['packages/queue-core/src/define-job.ts', "import './driver/storage-driver.ts'", 'core-registry-imports-downwards'],
  ['packages/queue-core/src/events.ts', "import './job-registry.ts'", 'core-events-imports-downwards'],
  ['packages/queue-core/src/job/bad.ts', "import '../job-registry.ts'", 'core-job-imports-downwards'],
  ['packages/queue-core/src/payload/bad.ts', "import '../job/job.ts'", 'core-payload-imports-downwards'],
  ['packages/queue-core/src/clock.ts', "import './payload/json.ts'", 'core-leaves-import-leaves-only'],
  // a type counts like a value
  ['packages/queue-core/src/clock.ts', "import type { J } from './job/job.ts'", 'core-leaves-import-leaves-only'],
  ['packages/queue-core/src/helpers/bad.ts', "import '../errors.ts'", 'core-folder-is-a-layer'],
  ['packages/queue-core/src/queue/bad.ts', "import '../memory/memory-driver.ts'", 'core-memory-for-entries-only'],
  ['packages/queue-core/src/queue/bad.ts', "import 'zod'", 'core-has-no-dependency'],
  ['packages/queue-core/src/errors.ts', "import './bad.ts'", 'no-cycles'],
  ['packages/queue-core/src/queue/bad.ts', "import './nowhere.ts'", 'no-missing-module'],
  // inside the example
  ['apps/example/src/web/bad.ts', "import '../dev.ts'", 'example-faces-imports-downwards'],
  ['apps/example/src/app/bad.ts', "import '../web/server.ts'", 'example-app-imports-downwards'],
  ['apps/example/src/jobs/bad.ts', "import type { A } from '../app/app.ts'", 'example-jobs-imports-downwards'],
  ['apps/example/src/mail/bad.ts', "import '../jobs/job.ts'", 'example-parts-imports-downwards'],
  ['apps/example/src/web/bad.ts', "import '../demo/run.ts'", 'example-faces-apart'],
  // between packages
  ['packages/queue-core/src/bad.test.ts', "import '@goplate/queue-testing'", 'queue-core-tests'],
  ['packages/queue-core/src/queue/bad.ts', "import '@goplate/queue-mikroorm'", 'queue-core-sources'],
  ['packages/queue-testing/src/bad.ts', "import '@goplate/queue-mikroorm'", 'queue-testing-sources'],
  ['packages/queue-mikroorm/src/bad.ts', "import '@goplate/queue-testing'", 'queue-mikroorm-sources'],
  ['packages/queue-mikroorm/src/bad.ts', "import '@goplate/local-postgres'", 'queue-mikroorm-sources'],
  ['packages/queue-mikroorm/src/bad.ts', "import 'zod'", 'adapter-imports-mikroorm-only'],
  ['packages/queue-mikroorm/src/bad.ts', "import '@mikro-orm/sqlite'", 'adapter-needs-no-database-driver'],
  ['packages/queue-mikroorm/src/bad.ts', "import '../../../apps/example/src/demo.ts'", 'queue-mikroorm-sources'],
  ['packages/local-postgres/src/bad.ts', "import '@goplate/queue-core'", 'local-postgres-sources'],
  ['packages/unknown/src/bad.ts', "import '@goplate/queue-core'", 'package-is-named-above'],
  [
    'apps/example/src/bad.ts',
    "import '../../../packages/queue-core/src/index.ts'",
    'other-packages-through-their-entries',
  ],
]

let tree: string

beforeAll(async () => {
  tree = await mkdtemp(join(tmpdir(), 'boundaries-'))
  await Promise.all(Object.entries(goodTree).map(([file, code]) => write(file, code)))
  await Promise.all(['queue-core', 'queue-testing', 'queue-mikroorm', 'local-postgres'].map(linkPackage))
  await Promise.all(['zod', '@mikro-orm/core', '@mikro-orm/sqlite'].map(installPackage))
})
afterAll(() => rm(tree, { recursive: true, force: true }))

describe('the boundaries', () => {
  test('let a tree through that keeps them', async () => {
    expect(await brokenRules()).toEqual([])
  })

  test.each(badFiles)('%s may not say: %s', async (file, code, rule) => {
    await write(file, code)
    // For the cycle: what closes it.
    if (rule === 'no-cycles') await write('packages/queue-core/src/bad.ts', "import './errors.ts'")
    try {
      expect(await brokenRules()).toContain(rule)
    } finally {
      await rm(join(tree, 'packages/queue-core/src/bad.ts'), { force: true })
      await (file in goodTree ? write(file, goodTree[file] ?? '') : rm(join(tree, file)))
    }
  })
})

async function brokenRules(): Promise<string[]> {
  const { forbidden = [], options } = config
  const result = await cruise(['packages', 'apps'], {
    ...options,
    baseDir: tree,
    ruleSet: { forbidden },
    validate: true,
  })
  return (result.output as ICruiseResult).summary.violations.map((violation) => violation.rule.name)
}

async function write(file: string, code: string): Promise<void> {
  const path = join(tree, file)
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, `${code}\n`)
}

async function linkPackage(name: string): Promise<void> {
  const manifest = { name: `@goplate/${name}`, type: 'module', exports: { '.': './src/index.ts' } }
  await write(`packages/${name}/package.json`, JSON.stringify(manifest))
  await mkdir(join(tree, 'node_modules/@goplate'), { recursive: true })
  await symlink(join(tree, 'packages', name), join(tree, 'node_modules/@goplate', name))
}

async function installPackage(name: string): Promise<void> {
  await write(`node_modules/${name}/package.json`, JSON.stringify({ name, type: 'module', exports: './index.js' }))
  await write(`node_modules/${name}/index.js`, 'export {}')
}

import { registerJobs } from '../../packages/queue-core/src/job-registry.ts'
import { exponential } from '../../packages/queue-core/src/job/retry-policy.ts'
import { memoryDriver } from '../../packages/queue-core/src/memory/memory-driver.ts'
import { newJobRecord } from '../../packages/queue-core/src/queue/new-job-record.ts'
import { Queue } from '../../packages/queue-core/src/queue/queue.ts'
import { retentionOf } from '../../packages/queue-core/src/worker/retention-options.ts'
import { systemRandom } from '../../packages/queue-core/src/system-random.ts'
import { runHandler } from '../../packages/queue-testing/src/run-handler.ts'
import { createTestQueue } from '../../packages/queue-testing/src/test-queue.ts'
import { queueExtension } from '../../packages/queue-mikroorm/src/extension.ts'
import { postgresDriver, queueMigration as onPostgres } from '../../packages/queue-mikroorm/src/postgresql.ts'
import { queueMigration as onSqlite, sqliteDriver } from '../../packages/queue-mikroorm/src/sqlite.ts'

/** Gives one option this value, the way its user does; what is refused throws or rejects. */
type Trial = (option: string, value: unknown) => unknown

type Job = Parameters<typeof registerJobs>[0] extends infer Jobs ? Extract<Jobs, readonly unknown[]>[number] : never

const greet = { type: 'greet', handle: () => 'hello' }
const [registered] = registerJobs([greet], systemRandom).all

function queue(options: object = {}) {
  return new Queue({ driver: memoryDriver(), jobs: [greet], ...options })
}

/** Enough of a MikroORM for a driver that is made and not used. */
const orm = {
  config: {
    getExtension: () => ({
      schema: 'q',
      prefix: 'q_',
      commitWake: { subscribe: () => () => undefined },
      stagedJobs: { stageFor: () => undefined },
    }),
    get: () => undefined,
  },
} as unknown as Parameters<typeof postgresDriver>[0]

/** By the heading of the table. */
export const trials: Readonly<Record<string, Trial>> = {
  QueueOptions: (option, value) => queue({ [option]: value }),
  'defineJob(options)': (option, value) => registerJobs([{ ...greet, [option]: value } as Job], systemRandom),
  BatchOptions: (option, value) =>
    registerJobs(
      [{ type: 'many', handleMany: () => undefined, batch: { [option]: value } } as unknown as Job],
      systemRandom,
    ),
  'exponential(options)': (option, value) => exponential({ base: '1s', max: '36525d', [option]: value }),
  RetryPolicy: (option, value) =>
    registerJobs([{ ...greet, retryAfter: { delayAfter: () => 0, [option]: value } } as Job], systemRandom),
  DispatchOptions: (option, value) => newJobRecord(registered!, {}, { [option]: value }),
  'DispatchOptions.unique': (option, value) => newJobRecord(registered!, {}, { unique: { key: 'k', [option]: value } }),
  WorkerOptions: (option, value) => queue().createWorker({ [option]: value }),
  QueueSettings: (option, value) =>
    queue().createWorker({ concurrency: 10_000, queues: { default: { [option]: value } } }),
  RetentionOptions: (option, value) =>
    retentionOf(option === 'types' ? { types: { [String(value)]: {} } } : { [option]: value }),
  'Worker.stop(options)': (option, value) =>
    queue()
      .createWorker()
      .stop({ [option]: value }),
  'Worker.drain(options)': (option, value) =>
    queue()
      .createWorker()
      .drain({ [option]: value }),
  WaitOptions: (option, value) => queue().waitFor('0', { [option]: value }),
  ListOptions: (option, value) => queue().list({ [option]: value }),
  EraseOptions: (option, value) => queue().erase({ queues: ['default'] }, { [option]: value }),
  PauseOptions: (option, value) => queue().pause({ ...(option === 'for' && { queue: 'default' }), [option]: value }),
  'Queue.lines(id, options)': (option, value) => queue().lines('0', { [option]: value }),
  PostgresDriverOptions: (option, value) => postgresDriver(orm, { [option]: value }),
  SqliteDriverOptions: (option, value) => sqliteDriver(orm, { [option]: value }),
  QueueExtensionOptions: (option, value) => queueExtension({ [option]: value }),
  'QueueMigrationOptions of @goplate/queue-mikroorm/postgresql': (option, value) => onPostgres.up({ [option]: value }),
  'QueueMigrationOptions of @goplate/queue-mikroorm/sqlite': (option, value) => onSqlite.up({ [option]: value }),
  'TestQueue.waitFor(job, options)': async (option, value) => {
    const test = createTestQueue({ jobs: [greet] })
    return test.waitFor(await test.queue.dispatch(greet, {}), { [option]: value })
  },
  TestQueueOptions: (option, value) => createTestQueue({ jobs: [greet], [option]: value }),
  RunHandlerOptions: (option, value) => runHandler(greet, {}, { [option]: value }),
}

const names = ['', 'A', 'a-b', 'pg_x', 'sqlite_x', 'x'.repeat(49)]

/** What the column "Range" says in words. */
export const refusedByWords: readonly (readonly [of: string, option: string, values: readonly unknown[]])[] = [
  ['QueueOptions', 'jobs', [[greet, greet], 'greet', [1]]],
  ['QueueOptions', 'middleware', [{}, [{}], [{ handle: 1 }]]],
  ['TestQueueOptions', 'middleware', [{}, [{}], [{ handle: 1 }]]],
  ['RunHandlerOptions', 'middleware', [{}, [{}], [{ handle: 1 }]]],
  ['defineJob(options)', 'retryAfter', ['soon', {}, -1]],
  ['defineJob(options)', 'handleMany', [() => undefined]],
  ['defineJob(options)', 'batch', [{ max: 2 }]],
  ['exponential(options)', 'max', [999, '500ms', 'soon']],
  ['exponential(options)', 'factor', [0.99, Number.NaN, Infinity]],
  ['DispatchOptions', 'tags', [['a b'], 'a', Array.from({ length: 17 }, (_, index) => `t${index}`)]],
  ['DispatchOptions.unique', 'key', ['', 'x'.repeat(1_025), '\0', '\ud800', 1]],
  ['WorkerOptions', 'queues', [{}, { other: {} }]],
  ['WorkerOptions', 'concurrency', [{ min: 3, max: 2 }]],
  ['WorkerOptions', 'concurency', [1]],
  ['RetentionOptions', 'done', ['1d']],
  ['QueueSettings', 'concurrency', [10_001, 0, { min: 0, max: 1 }]],
  ['QueueExtensionOptions', 'schema', names],
  ['QueueExtensionOptions', 'prefix', names],
  ['QueueMigrationOptions of @goplate/queue-mikroorm/postgresql', 'schema', names],
  ['QueueMigrationOptions of @goplate/queue-mikroorm/postgresql', 'to', [-1, 0.5, 1_000]],
  ['QueueMigrationOptions of @goplate/queue-mikroorm/postgresql', 'from', [-1, 0.5, 1_000]],
  ['QueueMigrationOptions of @goplate/queue-mikroorm/sqlite', 'prefix', names],
  ['QueueMigrationOptions of @goplate/queue-mikroorm/sqlite', 'to', [-1, 0.5, 1_000]],
  ['QueueMigrationOptions of @goplate/queue-mikroorm/sqlite', 'from', [-1, 0.5, 1_000]],
]

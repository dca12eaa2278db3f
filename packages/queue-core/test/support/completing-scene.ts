import type { Job, JobContext } from '../../src/job/job.ts'
import { TestRows, transactionalDriver, type TestTransaction } from './transactional-driver.ts'
import { job, WorkerScene } from './worker-scene.ts'

export const child = job(async () => undefined, { type: 'child' })

/** A worker whose one handler is given, on a driver with transactions. */
export function completingScene(handle: (context: JobContext) => unknown, options: Partial<Job> = {}) {
  const work = job((_payload, context) => handle(context), options)
  const table = new TestRows()
  const made: WorkerScene = new WorkerScene([work, child], {
    extend: (driver, database) => transactionalDriver(driver, database, table),
  })
  return { work, table, scene: made }
}

export const insert = (transaction: unknown, row: string): void => (transaction as TestTransaction).insert(row)

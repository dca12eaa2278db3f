import { expect, test } from 'vitest'
import { TestRows, transactionalDriver, type TestTransaction } from '../../test/support/transactional-driver.ts'
import { job, WorkerScene } from '../../test/support/worker-scene.ts'
import { defineJob } from '../define-job.ts'
import type { BatchJob } from '../job/batch.ts'
import type { AnyJob } from '../job/job.ts'

type Jobs = readonly BatchJob<{ readonly n: number }>[]
const child = job(async () => undefined, { type: 'child' })
const insert = (transaction: unknown, row: string): void => (transaction as TestTransaction).insert(row)

function batchScene(handleMany: (jobs: Jobs) => unknown) {
  const options = { type: 'many', retryAfter: '1s', batch: { wait: 0 } } as const
  const work = defineJob({ ...options, handleMany: handleMany as never }) as AnyJob
  const table = new TestRows()
  const scene = new WorkerScene([work, child], {
    extend: (driver, database) => transactionalDriver(driver, database, table),
  })
  const dispatched = async (count: number): Promise<string[]> => {
    const payloads = Array.from({ length: count }, (_, n) => ({ n }))
    return (await scene.queue.dispatchMany(work, payloads as never[])).map(({ id }) => id)
  }
  const found = (ids: readonly string[]) => Promise.all(ids.map((id) => scene.queue.find(id)))
  return { scene, table, dispatched, found }
}

test('each job of a batch ends in a transaction of its own, with its writes and its children', async () => {
  const { scene, table, dispatched, found } = batchScene(async (jobs) => {
    for (const one of jobs)
      await one.complete(async (transaction) => {
        insert(transaction, `row ${one.payload.n}`)
        await one.dispatch(child, {}, { delay: '1h' })
        return one.payload.n * 2
      })
  })
  const settled: unknown[] = []
  scene.faults.before = (verb) => (verb === 'settle' ? settled.push(verb) : undefined)
  const ids = await dispatched(3)
  expect(await scene.worker().drain()).toBe(3)
  expect(await found(ids)).toMatchObject([0, 2, 4].map((result) => ({ state: 'finished', result })))
  expect(table.rows).toEqual(['row 0', 'row 1', 'row 2'])
  expect((await scene.queue.list({ types: ['child'] })).jobs).toHaveLength(3)
  expect(scene.of('job:finished')).toHaveLength(3)
  expect([settled, scene.of('warning')]).toEqual([[], []])
  expect([scene.database.audit(), scene.clock.pending]).toEqual([[], 0])
})

test('what is committed stays, whatever becomes of the call; the others fail with it', async () => {
  let calls = 0
  const { scene, table, dispatched, found } = batchScene(async ([first, ...others]) => {
    calls += 1
    await first!.complete(async (transaction) => insert(transaction, `row ${first!.payload.n}`))
    if (others.length > 0) throw new Error('halfway')
  })
  const ids = await dispatched(2)
  const drained = scene.worker().drain()
  await drained
  expect((await found(ids)).map((one) => one?.state)).toEqual(['finished', 'pending'])
  expect(table.rows).toEqual(['row 0'])
  expect(scene.of('job:retrying')).toMatchObject([{ jobId: ids[1] }])
  expect(calls).toBe(1)
})

test('what the work throws rolls back that job alone, which may then fail by itself', async () => {
  const { scene, table, dispatched, found } = batchScene(async (jobs) => {
    for (const one of jobs)
      await one
        .complete(async (transaction) => {
          insert(transaction, `row ${one.payload.n}`)
          if (one.payload.n === 1) throw new Error('not this one')
        })
        .catch((error: unknown) => one.fail(error))
  })
  const ids = await dispatched(3)
  await scene.worker().drain()
  expect((await found(ids)).map((one) => one?.state)).toEqual(['finished', 'pending', 'finished'])
  expect(table.rows).toEqual(['row 0', 'row 2'])
})

test('a cancel of one job rolls back that job, and the others go on', async () => {
  const { scene, table, dispatched, found } = batchScene(async (jobs) => {
    await scene.driver.cancel({ ids: [jobs[0]!.id] })
    const reasons: unknown[] = []
    for (const one of jobs)
      await one
        .complete(async (transaction) => insert(transaction, `row ${one.payload.n}`))
        .catch((error: unknown) => reasons.push(error))
    expect(reasons).toMatchObject([{ code: 'GPQ_ABORTED', reason: 'cancelled' }])
  })
  const ids = await dispatched(2)
  await scene.worker().drain()
  expect((await found(ids)).map((one) => one?.state)).toEqual(['cancelled', 'finished'])
  expect(table.rows).toEqual(['row 1'])
  expect(scene.database.audit()).toEqual([])
})

test('a job that has an outcome of its own is not completed any more', async () => {
  const errors: unknown[] = []
  const { scene, table, dispatched } = batchScene(async ([one]) => {
    one!.finish('first')
    await new Promise((resolve) => setImmediate(resolve))
    await one!
      .complete(async (transaction) => insert(transaction, 'too late'))
      .catch((error: unknown) => errors.push(error))
  })
  const ids = await dispatched(1)
  await scene.worker().drain()
  expect(errors).toMatchObject([{ code: 'GPQ_TRANSACTION' }])
  expect(table.rows).toEqual([])
  expect(await scene.queue.find(ids[0]!)).toMatchObject({ result: 'first' })
})

import { afterAll, beforeAll, expect, it } from 'vitest'
import { newJob, TestQueue } from './test-queue.ts'

let queue: TestQueue
beforeAll(async () => {
  queue = await TestQueue.open()
})
afterAll(() => queue.close())

const handOutAgain = () => queue.admin.query("select setval('goplate_queue.job_id', 1, false)")

it('ids of one call rise, across blocks', async () => {
  const { driver } = await queue.connect()
  const reply = await driver.dispatch({ jobs: Array.from({ length: 2500 }, () => newJob()), caller: {} })
  const ids = reply.stored ? reply.receipts.map(({ id }) => Number(id)) : []
  expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b))
  expect(ids).toHaveLength(2500)
})

it('a block that was handed out twice is given up, with a warning, and every job is stored', async () => {
  await handOutAgain()
  const warned = new Promise<Error & { code?: string }>((resolve) => process.once('warning', resolve))
  const { driver } = await queue.connect()
  const before = await queue.ask<number>('select count(*)::int from goplate_queue.job')
  const replies = await Promise.all([1, 2, 3].map(() => driver.dispatch({ jobs: [newJob()], caller: {} })))
  const ids = replies.flatMap((reply) => (reply.stored ? reply.receipts.map(({ id }) => id) : []))
  expect(new Set(ids).size).toBe(3)
  expect(await queue.ask('select count(*)::int from goplate_queue.job')).toBe(before + 3)
  expect((await warned).code).toBe('GPQ_IDS_HANDED_OUT_TWICE')
})

it('in a transaction it fails the transaction, and the next one works', async () => {
  await handOutAgain()
  const { orm, driver } = await queue.connect()
  const dispatch = () =>
    orm.em.fork().transactional(async (em) => driver.dispatch({ jobs: [newJob()], caller: { em } }))
  let failures = 0
  while (
    await dispatch().then(
      () => false,
      () => true,
    )
  )
    failures++
  expect(failures).toBeGreaterThan(0)
})

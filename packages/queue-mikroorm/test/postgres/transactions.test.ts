import { TransactionError } from '@goplate/queue-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { newJob, TestQueue } from './test-queue.ts'

let queue: TestQueue
beforeAll(async () => {
  queue = await TestQueue.open()
})
afterAll(() => queue.close())

const jobs = () => queue.ask<number>('select count(*)::int from goplate_queue.job')

it('a transaction that swallowed an SQL error after a dispatch rejects instead of losing the job in silence', async () => {
  const { orm, driver } = await queue.connect()
  const before = await jobs()
  const transaction = orm.em.fork().transactional(async (em) => {
    await driver.dispatch({ jobs: [newJob()], caller: { em } })
    await em.execute('select 1 / 0').catch(() => undefined)
  })
  await expect(transaction).rejects.toThrow(/current transaction is aborted/)
  expect(await jobs()).toBe(before)
})

it('a dispatch into a transaction that is broken already says so', async () => {
  const { orm, driver } = await queue.connect()
  const transaction = orm.em.fork().transactional(async (em) => {
    await em.execute('select 1 / 0').catch(() => undefined)
    await driver.dispatch({ jobs: [newJob()], caller: { em } })
  })
  await expect(transaction).rejects.toThrow(TransactionError)
})

it('an entity manager outside of the running transaction is refused', async () => {
  const { orm, driver } = await queue.connect()
  const before = await jobs()
  const outer = orm.em.fork()
  await outer.transactional(async () => {
    await expect(driver.dispatch({ jobs: [newJob()], caller: { em: outer } })).rejects.toThrow(TransactionError)
  })
  expect(await jobs()).toBe(before)
})

it('says whether a dispatch would join', async () => {
  const { orm, driver } = await queue.connect()
  const { joins } = driver.transactions!
  expect(joins({})).toBe(false)
  await orm.em.fork().transactional(async (em) => expect([joins({}), joins({ em })]).toEqual([true, true]))
})

it('with a pool of one connection a dispatch in a transaction never waits for a second one', async () => {
  const { orm, driver } = await queue.connect({ poolSize: 1 })
  const before = await jobs()
  const em = orm.em.fork()
  await em.begin()
  const outside = driver.dispatch({ jobs: [newJob()], caller: {} }) // waits for the connection, and needs ids as well
  await driver.dispatch({ jobs: Array.from({ length: 2500 }, () => newJob()), caller: { em } })
  const many = [newJob({ unique: { key: 'pool of one', onConflict: 'reject' } }), newJob()]
  await driver.dispatch({ jobs: many, caller: { em } })
  await em.commit()
  await outside
  expect(await jobs()).toBe(before + 2503)
})

it('a rejected key takes back the other jobs of its call, and nothing else', async () => {
  const { orm, driver } = await queue.connect()
  const unique = { key: 'taken', onConflict: 'reject' } as const
  const before = await jobs()
  await driver.dispatch({ jobs: [newJob({ unique })], caller: {} })
  const call = { jobs: [newJob(), newJob({ unique }), newJob()] }
  expect(await driver.dispatch({ ...call, caller: {} })).toMatchObject({ stored: false, conflict: { index: 1 } })
  await orm.em.fork().transactional(async (em) => {
    await driver.dispatch({ jobs: [newJob()], caller: { em } })
    expect(await driver.dispatch({ ...call, caller: { em } })).toMatchObject({ stored: false })
    await driver.dispatch({ jobs: [newJob()], caller: { em } })
  })
  expect(await jobs()).toBe(before + 3)
})

it('tells whether a dispatch was committed', async () => {
  const { orm, driver } = await queue.connect()
  const { wasCommitted } = driver.transactions!
  let id = ''
  const transaction = orm.em.fork().transactional(async (em) => {
    const reply = await driver.dispatch({ jobs: [newJob()], caller: { em } })
    id = reply.stored ? reply.receipts[0]!.id : ''
    throw new Error('changed my mind')
  })
  await expect(transaction).rejects.toThrow('changed my mind')
  expect(await wasCommitted!(id)).toBe(false)
  const reply = await driver.dispatch({ jobs: [newJob()], caller: {} })
  expect(await wasCommitted!(reply.stored ? reply.receipts[0]!.id : '')).toBe(true)
})

it('a handler run in scope is outside of the transaction that woke it, with an identity map of its own', async () => {
  const { orm, driver } = await queue.connect()
  await orm.em.fork().transactional(async (em) => {
    await driver.runInScope!(async () => {
      expect(orm.em.isInTransaction()).toBe(false)
      expect(orm.em.getContext()).not.toBe(em)
    })
  })
})

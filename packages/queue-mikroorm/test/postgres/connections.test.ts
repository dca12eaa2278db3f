import { StorageError } from '@goplate/queue-core'
import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { tcpProxy, type TcpProxy } from './tcp-proxy.ts'
import { newClaim, newJob, TestQueue } from './test-queue.ts'

let queue: TestQueue
let proxy: TcpProxy
beforeAll(async () => {
  queue = await TestQueue.open()
  proxy = await tcpProxy(queue.url)
})
afterEach(() => proxy.heal())
afterAll(async () => {
  await queue.close()
  await proxy.close()
})

const jobs = () => queue.ask<number>('select count(*)::int from goplate_queue.job')
const ownClients = () =>
  queue.ask<number>(`
    select count(*)::int from pg_stat_activity
    where application_name = 'goplate-queue' and datname = current_database()`)

it('a producer opens no connection of its own; a worker opens two; closing ends them and leaves the ORM open', async () => {
  const { orm, driver } = await queue.connect()
  const before = await ownClients()
  await driver.dispatch({ jobs: [newJob()], caller: {} })
  await driver.list({ filter: {}, limit: 10 })
  expect(await ownClients()).toBe(before)
  await driver.claim(newClaim({ types: ['none'] }))
  expect(await ownClients()).toBe(before + 2)
  await driver.close()
  await expect.poll(ownClients, { timeout: 30_000 }).toBe(before)
  expect(await orm.em.fork().execute('select 1 as one')).toEqual([{ one: 1 }])
})

it('a terminated backend costs at most the call under way', async () => {
  const { driver } = await queue.connect()
  await driver.claim(newClaim({ types: ['none'] }))
  await queue.admin.query(`
    select pg_terminate_backend(pid) from pg_stat_activity
    where application_name <> 'admin' and datname = current_database()`)
  const verbs = [
    () => driver.claim(newClaim({ types: ['none'] })),
    () => driver.cancel({ ids: ['1'] }),
    () => driver.find({ ids: ['1'] }),
  ]
  for (const verb of verbs) {
    const first = await verb().catch((error: unknown) => error)
    if (first instanceof Error) expect(first).toMatchObject({ kind: 'connection' })
    await verb()
  }
})

it('a connection that answers nothing any more is destroyed after the timeout, and the next call has a new one', async () => {
  const { driver } = await queue.connect({ url: proxy.url, queryTimeoutMs: 200 })
  const verbs = [
    () => driver.claim(newClaim({ types: ['none'] })),
    () => driver.reap({ confirmed: [] }),
    () => driver.find({ ids: ['1'] }),
  ]
  for (const verb of verbs) {
    await verb()
    proxy.swallowEverything()
    await expect(verb()).rejects.toMatchObject({ kind: 'connection' })
    proxy.heal()
    await verb()
  }
})

it('closing does not wait for a server that hears nothing', async () => {
  const { driver } = await queue.connect({ url: proxy.url })
  await driver.claim(newClaim({ types: ['none'] }))
  proxy.swallowEverything()
  await driver.close()
  await expect(driver.claim(newClaim())).rejects.toMatchObject({ code: 'GPQ_CLOSED' })
})

describe('a dispatch whose answer is lost', () => {
  it.each([
    ['a plain job', 'dispatch_due_jobs', {}],
    ['a delayed job', 'dispatch_timed_jobs', { delayMs: 60_000 }],
    ['a job with a unique key', 'dispatch_unique_jobs', { unique: { key: 'lost', onConflict: 'return' } }],
  ] as const)('is repeated and counts once: %s', async (_what, statement, fields) => {
    const { driver } = await queue.connect({ url: proxy.url })
    const before = await jobs()
    proxy.cutTheAnswerTo(`goplate_queue_${statement}`)
    const reply = await driver.dispatch({ jobs: [newJob(fields)], caller: {} })
    expect(reply).toMatchObject({ stored: true, receipts: [{ created: true }] })
    expect(await jobs()).toBe(before + 1)
    const id = reply.stored ? reply.receipts[0]!.id : ''
    expect(await driver.find({ ids: [id] })).toHaveLength(1)
  })

  it('is repeated in a transaction of its own when a key may reject the call', async () => {
    const { driver } = await queue.connect({ url: proxy.url })
    const before = await jobs()
    proxy.cutTheAnswerTo('commit')
    const call = [newJob(), newJob({ unique: { key: 'lost commit', onConflict: 'reject' } })]
    expect(await driver.dispatch({ jobs: call, caller: {} })).toMatchObject({ stored: true })
    expect(await jobs()).toBe(before + 2)
  })
})

describe('fifty commits without an answer', () => {
  const plain = () => [newJob({ queue: 'ambiguous' })]
  const guarded = () => [
    ...plain(),
    newJob({ queue: 'ambiguous', unique: { key: randomUUID(), onConflict: 'reject' } }),
  ]

  it.each([
    ['of a statement', 'goplate_queue_dispatch_due_jobs', plain],
    ['of a transaction', 'commit', guarded],
  ] as const)('%s: every dispatch succeeds, with one row for each id', async (_what, text, call) => {
    const { driver } = await queue.connect({ url: proxy.url })
    const stored = () =>
      queue.ask<string[]>("select coalesce(array_agg(id::text), '{}') from goplate_queue.job where queue = 'ambiguous'")
    const before = await stored()
    const ids: string[] = []
    for (let time = 0; time < 50; time++) {
      proxy.cutTheAnswerTo(text)
      const reply = await driver.dispatch({ jobs: call(), caller: {} })
      ids.push(...(reply.stored ? reply.receipts.map(({ id }) => id) : ['not stored']))
    }
    expect([...before, ...ids].sort()).toEqual((await stored()).sort())
  })
})

it('a settlement whose answer was lost is answered repeated, not lost', async () => {
  const { driver } = await queue.connect({ url: proxy.url })
  await driver.dispatch({ jobs: [newJob({ queue: 'settled' })], caller: {} })
  const { jobs: claimed } = await driver.claim(newClaim({ queues: [{ queue: 'settled', limit: 1 }] }))
  const settlements = [{ claim: claimed[0]!.claim, outcome: 'finished', waitMs: 1, durationMs: 1 } as const]
  proxy.cutTheAnswerTo('goplate_queue_settle_finished')
  await expect(driver.settle({ worker: 'worker', settlements })).rejects.toThrow(StorageError)
  expect(await driver.settle({ worker: 'worker', settlements })).toEqual(['repeated'])
})

it('works without prepared statements behind a pooler', async () => {
  const { orm, driver } = await queue.connect({ prepare: false, poolSize: 1 })
  await driver.dispatch({ jobs: [newJob({ queue: 'pooled' })], caller: {} })
  const { jobs: claimed } = await driver.claim(newClaim({ queues: [{ queue: 'pooled', limit: 1 }] }))
  expect(claimed).toHaveLength(1)
  expect(await orm.em.fork().execute('select name from pg_prepared_statements')).toEqual([])
})

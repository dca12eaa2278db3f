import { defineJob, Queue } from '@goplate/queue-core'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newClaim, newJob, settlement, TestQueue } from './test-queue.ts'
import { transactionPooler, type TransactionPooler } from './transaction-pooler.ts'

const names = [
  ...['synchronous_commit', 'statement_timeout', 'enable_seqscan', 'jit', 'plan_cache_mode'],
  ...['default_transaction_isolation', 'datestyle', 'timezone'],
]

let queue: TestQueue
let pooler: TransactionPooler
let application: pg.Client
let usual: unknown
beforeAll(async () => {
  queue = await TestQueue.open()
  usual = await settingsOf(queue.admin)
  pooler = await transactionPooler(queue.url)
  application = await clientThrough(pooler)
})
afterAll(async () => {
  await queue.close()
  await application.end()
  await pooler.close()
})

async function clientThrough({ url }: TransactionPooler): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  return client
}

async function settingsOf(client: pg.Client): Promise<unknown> {
  const shown = names.map((name) => `current_setting('${name}') as ${name}`)
  const prepared = '(select count(*)::int from pg_prepared_statements) as prepared'
  const channels = 'array(select pg_listening_channels()) as channels'
  return (await client.query<object>(`select ${[...shown, prepared, channels].join(', ')}`)).rows[0]
}

it('the pooler hands on what is left on its connection', async () => {
  const other = await transactionPooler(queue.url)
  const { driver } = await queue.connect({ url: other.url, notify: false })
  await driver.claim(newClaim({ types: ['none'] }))
  const client = await clientThrough(other)
  const left = await settingsOf(client)
  expect(left).toMatchObject({ synchronous_commit: 'off', statement_timeout: '15s', enable_seqscan: 'off' })
  await driver.close()
  await client.end()
  await other.close()
})

describe('with prepare: false, after each call', () => {
  it('the application finds its own settings', async () => {
    const { driver } = await queue.connect({ url: pooler.url, prepare: false, poolSize: 2 })
    const claimed = async () => (await driver.claim(newClaim())).jobs.map(({ claim }) => claim)
    let claims: Awaited<ReturnType<typeof claimed>> = []
    const calls: (() => Promise<unknown>)[] = [
      () => driver.migrations!.migrate(),
      () => driver.migrations!.check(),
      () => driver.dispatch({ jobs: [newJob(), newJob(), newJob({ delayMs: 60_000 })], caller: {} }),
      async () => (claims = await claimed()),
      () => driver.reports!.report({ worker: 'worker', reports: [{ claim: claims[0]!, percent: 50 }] }),
      () => driver.extend({ leases: claims.map(({ leaseId }) => leaseId), leaseMs: 30_000 }),
      () => driver.settle({ worker: 'worker', settlements: claims.map((claim) => settlement(claim)) }),
      () => driver.reap({ confirmed: [] }),
      () => driver.cancel({ ids: ['1', '2'] }),
      () => driver.retry({ ids: ['1', '2'], from: ['finished'] }),
      () => driver.find({ ids: ['1'], history: true }),
      () => driver.count({ filter: {} }),
      () => driver.prune({ retention: { finishedMs: 0 }, limit: 10 }),
      () => driver.remove({ ids: ['1'] }),
      () => driver.pausing!.pause({ kind: 'queue', name: 'other' }),
      () => driver.pausing!.resume({ kind: 'queue', name: 'other' }),
      () => driver.expiry!.expire({ limit: 10 }),
    ]
    for (const call of calls) {
      await call()
      expect(await settingsOf(application), String(call)).toEqual(usual)
    }
    expect(claims).toHaveLength(2)
  })

  it('a statement that failed leaves no transaction open', async () => {
    const { driver } = await queue.connect({ url: pooler.url, prepare: false })
    const pause = (name: string) => driver.pausing!.pause({ kind: 'queue', name })
    await pause('other')
    await expect(pause('\0')).rejects.toMatchObject({ kind: 'refused' })
    expect(await settingsOf(application)).toEqual(usual)
    await driver.pausing!.resume({ kind: 'queue', name: 'other' })
    expect(await driver.pausing!.paused({})).toEqual([])
  })
})

it('dispatches and works while the application uses the same connection', async () => {
  const { orm, driver } = await queue.connect({ url: pooler.url, prepare: false })
  const look = defineJob({
    type: 'look',
    handle: async (payload: { n: number }) => ({
      ...payload,
      seen: await orm.em.fork().execute('show synchronous_commit'),
    }),
  })
  const jobs = new Queue({ driver, jobs: [look] })
  const inside = await orm.em.fork().transactional(() => jobs.dispatch(look, { n: 0 }))
  const outside = await jobs.dispatchMany(
    look,
    Array.from({ length: 20 }, (_, n) => ({ n: n + 1 })),
  )
  await jobs.createWorker().drain()
  for (const [n, job] of [inside, ...outside].entries()) {
    expect(await jobs.waitFor(job)).toEqual({ n, seen: [{ synchronous_commit: 'on' }] })
  }
  await jobs.close()
})

it('no statement was left prepared, no channel listened to, and no setting made beyond a transaction', () => {
  const statements = pooler.sent.flatMap(({ text }) => text.split(';')).map((text) => text.trim().toLowerCase())
  expect(pooler.sent.filter(({ name }) => name !== '')).toEqual([])
  expect(statements.filter((text) => /^(listen|set (?!local )|prepare)|set_config/.test(text))).toEqual([])
  expect(statements).toContain('set local synchronous_commit = off')
})

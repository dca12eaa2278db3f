import type { Settlement, StorageDriver } from '@goplate/queue-core'
import type { EntityManager, MikroORM } from '@mikro-orm/postgresql'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { postgresDriver, type MikroOrmCaller } from '../../src/postgresql.ts'
import { auditOf } from './postgres-harness.ts'
import { openOrm } from './postgres-orm.ts'
import { tcpProxy, type TcpProxy } from './tcp-proxy.ts'
import { newClaim, newJob, settlement, TestQueue } from './test-queue.ts'

let queue: TestQueue
let proxy: TcpProxy
let orm: MikroORM
let driver: StorageDriver<MikroOrmCaller>
beforeAll(async () => {
  queue = await TestQueue.open()
  proxy = await tcpProxy(queue.url)
  await queue.admin.query('create table public.note (job bigint primary key)')
  const connected = await queue.connect()
  orm = connected.orm
  driver = connected.driver
})
afterEach(async () => {
  proxy.heal()
  expect(await auditOf(queue.admin)).toEqual([])
})
afterAll(async () => {
  await queue.close()
  await proxy.close()
})

let queues = 0
async function claimed(by = driver) {
  const name = `complete-${queues++}`
  await by.dispatch({ jobs: [newJob({ queue: name })], caller: {} })
  const { jobs } = await by.claim(newClaim({ queues: [{ queue: name, limit: 1 }] }))
  return jobs[0]!.claim
}
type Claim = Settlement['claim']
const note = (em: EntityManager, { jobId }: Claim) => em.execute('insert into public.note values (?)', [jobId])
const notes = ({ jobId }: Claim) => queue.ask<number>(`select count(*)::int from public.note where job = ${jobId}`)
const stateOf = async ({ jobId }: Claim) => (await driver.find({ ids: [jobId] }))[0]!.state

function complete(claim: Claim, work: (em: EntityManager, caller: MikroOrmCaller) => Promise<unknown>, by = driver) {
  return by.transactions!.complete({
    worker: 'worker',
    claim,
    work: async (em, caller) => {
      await work(em as EntityManager, caller)
      return settlement(claim)
    },
  })
}

it('commits the writes, the dispatches and the settlement together', async () => {
  const claim = await claimed()
  let id = ''
  const verdict = await complete(claim, async (em, caller) => {
    await note(em, claim)
    const reply = await driver.dispatch({ jobs: [newJob()], caller })
    id = reply.stored ? reply.receipts[0]!.id : ''
    expect(await notes(claim)).toBe(0)
  })
  expect([verdict, await notes(claim), await stateOf(claim)]).toEqual(['applied', 1, 'finished'])
  expect(await driver.transactions!.wasCommitted!(id)).toBe(true)
})

it.each([
  ['cancelled', async (claim: Claim) => driver.cancel({ ids: [claim.jobId] }), 'running'],
  [
    'repeated',
    async (claim: Claim) => driver.settle({ worker: 'worker', settlements: [settlement(claim)] }),
    'finished',
  ],
  [
    'lost',
    async ({ leaseId }: Claim) => {
      await queue.admin.query(`update goplate_queue.lease set until = now() - interval '1 s' where id = '${leaseId}'`)
      await driver.reap({ confirmed: (await driver.reap({ confirmed: [] })).expired })
    },
    'pending',
  ],
] as const)('rolls everything back when the settlement is %s', async (expected, before, state) => {
  const claim = await claimed()
  await before(claim)
  const verdict = await complete(claim, (em) => note(em, claim))
  expect([verdict, await notes(claim), await stateOf(claim)]).toEqual([expected, 0, state])
  if (expected === 'cancelled')
    expect(await driver.settle({ worker: 'worker', settlements: [settlement(claim)] })).toEqual(['cancelled'])
})

it('passes on what the work throws, and rolls back', async () => {
  const claim = await claimed()
  const error = new Error('changed my mind')
  const completion = complete(claim, async (em) => {
    await note(em, claim)
    throw error
  })
  await expect(completion).rejects.toBe(error)
  expect([await notes(claim), await stateOf(claim)]).toEqual([0, 'running'])
  expect(await driver.settle({ worker: 'worker', settlements: [settlement(claim)] })).toEqual(['applied'])
})

it('rejects when the work swallowed an SQL error', async () => {
  const claim = await claimed()
  const completion = complete(claim, async (em) => {
    await note(em, claim)
    await em.execute('select 1 / 0').catch(() => undefined)
  })
  await expect(completion).rejects.toMatchObject({ code: 'GPQ_TRANSACTION' })
  expect([await notes(claim), await stateOf(claim)]).toEqual([0, 'running'])
})

it('is a transaction of its own with an identity map of its own, wherever it is called', async () => {
  const claim = await claimed()
  const outer = orm.em.fork().transactional(async (em) => {
    const verdict = await complete(claim, async (inner) => {
      expect(inner.getUnitOfWork()).not.toBe(em.getUnitOfWork())
      expect(orm.em.getContext()).toBe(inner)
      await note(inner, claim)
    })
    expect(verdict).toBe('applied')
    throw new Error('the outer one')
  })
  await expect(outer).rejects.toThrow('the outer one')
  expect([await notes(claim), await stateOf(claim)]).toEqual([1, 'finished'])
})

it('extensions, settlements of neighbours and cancels go on while it is open', async () => {
  const name = `neighbours-${queues++}`
  await driver.dispatch({ jobs: [newJob({ queue: name }), newJob({ queue: name })], caller: {} })
  const { jobs } = await driver.claim(newClaim({ queues: [{ queue: name, limit: 2 }] }))
  const [mine, neighbour] = jobs.map(({ claim }) => claim)
  const em = orm.em.fork()
  await em.begin()
  await em.execute('select id from goplate_queue.lease where id = ? for key share', [mine!.leaseId])
  expect((await driver.extend({ leases: [mine!.leaseId], leaseMs: 30_000 })).held).toHaveLength(1)
  expect(await driver.settle({ worker: 'worker', settlements: [settlement(neighbour!)] })).toEqual(['applied'])
  expect(await driver.cancel({ ids: [mine!.jobId] })).toEqual(['requested'])
  await em.rollback()
})

it('works with a pool of one connection', async () => {
  const { driver: small } = await queue.connect({ poolSize: 1 })
  const claim = await claimed(small)
  const verdict = await complete(
    claim,
    async (em, caller) => {
      await note(em, claim)
      await small.dispatch({ jobs: [newJob()], caller })
    },
    small,
  )
  expect(verdict).toBe('applied')
})

it('a commit without an answer is found out: applied, once', async () => {
  // Its pool is never closed: the ORM does not give back a connection that breaks in a commit.
  const far = postgresDriver(await openOrm(proxy.url))
  const claim = await claimed(far)
  const work = async (em: EntityManager) => {
    await note(em, claim)
    proxy.cutTheAnswerTo('commit')
  }
  const verdict = await complete(claim, work, far)
  expect([verdict, await notes(claim), await stateOf(claim)]).toEqual(['applied', 1, 'finished'])
  await far.close()
})

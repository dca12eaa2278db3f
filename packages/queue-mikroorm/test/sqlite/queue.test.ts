import { defineJob, Queue, type JobContext, type Transaction } from '@goplate/queue-core'
import type { EntityManager } from '@mikro-orm/core'
import type { MikroORM } from '@mikro-orm/sqlite'
import { afterEach, beforeEach, expect, expectTypeOf, it } from 'vitest'
import { QueueJob } from '../../src/index.ts'
import { sqliteDriver } from '../../src/sqlite.ts'
import { auditOf } from './sqlite-harness.ts'
import { Customer, sqliteOrm } from './sqlite-orm.ts'

let orm: MikroORM
beforeEach(async () => {
  orm = await sqliteOrm()
  await orm.schema.create()
  await sqliteDriver(orm).migrations!.migrate()
})
afterEach(async () => {
  expect(await auditOf(orm)).toEqual([])
  await orm.close(true)
})

it('runs jobs that were dispatched with the data of the application, each in a context of its own', async () => {
  const seen: unknown[] = []
  const greet = defineJob({
    type: 'greet',
    async handle(payload: { id: number }) {
      // The global entity manager may be used: the handler has a request context, with an identity map of its own.
      const customer = await orm.em.findOneOrFail(Customer, payload.id)
      seen.push(customer)
      return customer.name
    },
  })
  const welcome = defineJob({
    type: 'welcome',
    async handle(payload: { id: number }, context: JobContext) {
      await orm.em.transactional(async () => {
        await context.dispatch(greet, payload)
      })
    },
  })
  const queue = new Queue({ driver: sqliteDriver(orm), jobs: [greet, welcome] })

  const undone = orm.em.transactional(async () => {
    await queue.dispatch(welcome, { id: 1 })
    throw new Error('roll back')
  })
  await expect(undone).rejects.toThrow('roll back')
  const first = await orm.em.transactional(async (em) => {
    em.create(Customer, { id: 1, name: 'Ada' })
    return queue.dispatch(welcome, { id: 1 })
  })
  await queue.dispatch(greet, { id: 1 })

  const worker = queue.createWorker({ concurrency: 1 })
  await worker.drain({ deadline: '10s' })
  expect(await queue.find(first.id)).toMatchObject({ state: 'finished' })
  expect(seen).toMatchObject([{ name: 'Ada' }, { name: 'Ada' }])
  expect(seen[0]).not.toBe(seen[1])
  const rows = await orm.em.fork().find(QueueJob, {}, { orderBy: { id: 'asc' } })
  expect(rows.map(({ type, state, result }) => [type, state, result])).toEqual([
    ['welcome', 'finished', null],
    ['greet', 'finished', 'Ada'],
    ['greet', 'finished', 'Ada'],
  ])
  await queue.close()
})

it('dispatches with the entity manager it is given, and refuses one of somewhere else', async () => {
  const noop = defineJob({ type: 'noop', handle() {} })
  const queue = new Queue({ driver: sqliteDriver(orm), jobs: [noop] })
  const outer = orm.em.fork()
  const dispatched = outer.transactional(() => queue.dispatch(noop, {}, { em: outer }))
  await expect(dispatched).rejects.toMatchObject({ code: 'GPQ_TRANSACTION' })
  const em = orm.em.fork()
  await em.begin()
  const { id } = await queue.dispatch(noop, {}, { em })
  await em.commit()
  expect(await queue.find(id)).toMatchObject({ state: 'pending' })
  await queue.close()
})

it('types the transaction of a completion as the entity manager of the ORM', () => {
  expectTypeOf<Transaction>().toEqualTypeOf<EntityManager>()
})

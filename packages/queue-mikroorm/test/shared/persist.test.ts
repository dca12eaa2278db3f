import { defineJob, InvalidPayloadError, Queue } from '@goplate/queue-core'
import { RequestContext, type EntityManager } from '@mikro-orm/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Customer, sqliteOrm } from '../sqlite/sqlite-orm.ts'
import { applications, type Application } from './applications.ts'

const greet = defineJob({ type: 'greet', async handle(_payload: { name: string }) {} })

describe.each(Object.entries(applications))('persist on %s', (_name, open) => {
  let application: Application
  let queue: Queue<[typeof greet], { em?: EntityManager }>
  let em: EntityManager
  beforeEach(async () => {
    application = await open()
    await application.orm.schema.create()
    queue = new Queue({ driver: application.driver, jobs: [greet] })
    await queue.migrate()
    em = application.orm.em.fork()
  })
  afterEach(async () => {
    await queue.close()
    await application.close()
  })

  const names = async (): Promise<unknown[]> =>
    (await queue.list()).jobs.map(({ payload }) => (payload as { name: string }).name)

  /** An entity manager whose flush failed, and a job with it. */
  async function afterFailedFlush(): Promise<EntityManager> {
    em.create(Customer, { name: 'twice' })
    await em.flush()
    const second = em.fork()
    second.create(Customer, { name: 'twice' })
    await queue.persist(second, greet, { name: 'lost with its flush' })
    await expect(second.flush()).rejects.toThrow()
    return second
  }

  it('stores with the flush that stores the entities, once', async () => {
    em.create(Customer, { name: 'Ada' })
    await queue.persist(em, greet, { name: 'Ada' })
    expect(await names()).toEqual([])
    await em.flush()
    await em.flush()
    expect(await names()).toEqual(['Ada'])
    expect(await em.fork().count(Customer)).toBe(1)
  })

  it('stores with a flush that has nothing else to write', async () => {
    await queue.persist(em, greet, { name: 'alone' })
    await em.flush()
    expect(await names()).toEqual(['alone'])
  })

  it('stores at the end of a transaction, and nothing when that is rolled back', async () => {
    await em.transactional(async (inner) => {
      inner.create(Customer, { name: 'Grace' })
      await queue.persist(inner, greet, { name: 'Grace' })
    })
    await em
      .transactional(async (inner) => {
        await queue.persist(inner, greet, { name: 'never' })
        throw new Error('no')
      })
      .catch(() => undefined)
    await em.flush()
    expect(await names()).toEqual(['Grace'])
  })

  it('stores nothing when the flush fails, also not with a later one', async () => {
    const second = await afterFailedFlush()
    second.clear()
    await second.flush()
    expect(await names()).toEqual([])
  })

  it('is forgotten by clear, and not shared by forks', async () => {
    await queue.persist(em, greet, { name: 'cleared' })
    em.clear()
    await em.flush()
    await queue.persist(em, greet, { name: 'mine' })
    await em.fork().flush()
    expect(await names()).toEqual([])
    await em.flush()
    expect(await names()).toEqual(['mine'])
  })

  it('stores nothing of a flush that failed, though nobody cleared the entity manager', async () => {
    const second = await afterFailedFlush()
    await queue.persist(second, greet, { name: 'of the next flush' })
    await second.flush()
    expect(await names()).toEqual(['of the next flush'])
  })

  it('follows begin, rollback and commit of one entity manager', async () => {
    await em.begin()
    await queue.persist(em, greet, { name: 'unflushed' })
    await em.rollback()
    await em.begin()
    await queue.persist(em, greet, { name: 'flushed' })
    await em.flush()
    await em.rollback()
    await em.flush()
    expect(await names()).toEqual([])
    await em.begin()
    await queue.persist(em, greet, { name: 'committed' })
    await em.commit()
    expect(await names()).toEqual(['committed'])
  })

  it('is dropped by its own savepoint only', async () => {
    await em.transactional(async (outer) => {
      await queue.persist(outer, greet, { name: 'outer' })
      const inner = outer.transactional(async (nested) => {
        await queue.persist(nested, greet, { name: 'inner' })
        await nested.flush()
        throw new Error('no')
      })
      await expect(inner).rejects.toThrow('no')
    })
    expect(await names()).toEqual(['outer'])
  })

  it('takes the entity manager of the request when it is given the global one', async () => {
    const { orm } = application
    await RequestContext.create(orm.em, async () => {
      await queue.persist(orm.em, greet, { name: 'of the request' })
      await orm.em.flush()
    })
    expect(await names()).toEqual(['of the request'])
  })

  it('fails the flush, entities and all, when a key is held that must not be', async () => {
    const held = { unique: { key: 'k', onConflict: 'reject' } } as const
    const first = await queue.dispatch(greet, { name: 'holder' }, held)
    em.create(Customer, { name: 'Ada' })
    await queue.persist(em, greet, { name: 'other' }, held)
    await expect(em.flush()).rejects.toMatchObject({ code: 'GPQ_DUPLICATE_JOB', key: 'k', holder: first.id })
    expect(await application.orm.em.fork().count(Customer)).toBe(0)
    expect(await names()).toEqual(['holder'])
  })

  it('tells the workers of this process after the commit, and not before', async () => {
    const told: string[] = []
    const end = application.driver.wakeups!.subscribe((queues) => told.push(...queues))
    await em.transactional(async (inner) => {
      await queue.persist(inner, greet, { name: 'Ada' })
      await inner.flush()
      expect(told).toEqual([])
    })
    end()
    expect(told).toContain('default')
  })

  it('refuses an entity manager of another ORM: its flush would store nothing', async () => {
    const other = await sqliteOrm()
    const foreign = other.em.fork() as unknown as EntityManager
    await expect(queue.persist(foreign, greet, { name: 'nowhere' })).rejects.toThrow(/another MikroORM/)
    await other.close(true)
  })

  it('validates at once', async () => {
    await expect(queue.persist(em, greet, { name: 7n } as never)).rejects.toSatisfy(InvalidPayloadError.isInstance)
    await em.flush()
    expect(await names()).toEqual([])
  })
})

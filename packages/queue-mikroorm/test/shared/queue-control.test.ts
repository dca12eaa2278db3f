import { defineJob, Queue, QueueFullError, type Middleware } from '@goplate/queue-core'
import type { EntityManager } from '@mikro-orm/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { applications, type Application } from './applications.ts'

const tenants: unknown[] = []
const mail = defineJob({ type: 'mail', queue: 'mail', async handle(_payload: { n: number }) {} })
const image = defineJob({ type: 'image', queue: 'images', async handle(_payload: { n: number }) {} })
const carryTenant: Middleware = {
  dispatch({ meta }, next) {
    meta['tenant'] = 'acme'
    return next()
  },
  handle({ meta }, next) {
    tenants.push(meta['tenant'])
    return next()
  },
}

describe.each(Object.entries(applications))('a queue on %s', (_name, open) => {
  let application: Application
  let queue: Queue<[typeof mail, typeof image], { em?: EntityManager }>
  beforeEach(async () => {
    application = await open()
    queue = new Queue({
      driver: application.driver,
      jobs: [mail, image],
      maxPending: { images: 2 },
      middleware: [carryTenant],
    })
    await queue.migrate()
  })
  afterEach(async () => {
    await queue.close()
    await application.close()
  })

  it('erases what fits its filter, over many pages, with tags', async () => {
    const payloads = Array.from({ length: 1_100 }, (_, n) => ({ n }))
    await queue.dispatchMany(mail, payloads, { tags: ['user:1'] })
    const kept = await queue.dispatch(mail, { n: -1 }, { tags: ['user:2'] })
    await queue.dispatch(image, { n: -2 }, { tags: ['user:1'], delay: '1h' })
    expect(await queue.erase({ tags: ['user:1'] }, { limit: 3 })).toEqual({ removed: 3, cancelRequested: 0 })
    expect(await queue.erase({ tags: ['user:1'] })).toEqual({ removed: 1_098, cancelRequested: 0 })
    expect((await queue.list()).jobs.map(({ id }) => id)).toEqual([kept.id])
  })

  it('says which jobs a pause stops', async () => {
    const { id } = await queue.dispatch(mail, { n: 1 })
    const other = await queue.dispatch(image, { n: 1 })
    await queue.pause({ queue: 'mail', reason: 'deploy' })
    const labels = async () => [(await queue.find(id))?.label, (await queue.find(other.id))?.label]
    expect(await labels()).toEqual(['paused', 'ready'])
    expect((await queue.list()).jobs.map(({ label }) => label)).toEqual(['ready', 'paused'])
    await queue.resume({ queue: 'mail' })
    expect(await labels()).toEqual(['ready', 'ready'])
  })

  it('bounds what waits, outside of transactions only', async () => {
    const { em } = application.orm
    await queue.dispatchMany(image, [{ n: 1 }, { n: 2 }])
    await expect(queue.dispatch(image, { n: 3 })).rejects.toSatisfy(QueueFullError.isInstance)
    await em.fork().transactional(() => queue.dispatch(image, { n: 4 }))
    await em.fork().transactional((inner) => queue.dispatch(image, { n: 5 }, { em: inner }))
    await expect(queue.dispatch(image, { n: 6 }, { em: em.fork() })).rejects.toSatisfy(QueueFullError.isInstance)
    expect(await queue.count({ queues: ['images'] })).toMatchObject([{ state: 'pending', count: 4 }])
  })

  it('carries what middleware put into meta to the handler, also with the next flush', async () => {
    tenants.length = 0
    const em = application.orm.em.fork()
    await queue.dispatch(mail, { n: 1 })
    await queue.persist(em, mail, { n: 2 })
    await em.flush()
    await queue.createWorker().drain()
    expect(tenants).toEqual(['acme', 'acme'])
  })
})

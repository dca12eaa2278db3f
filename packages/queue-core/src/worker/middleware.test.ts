import { AsyncLocalStorage } from 'node:async_hooks'
import { describe, expect, test } from 'vitest'
import { FakeClock } from '../../test/support/fake-clock.ts'
import { gate } from '../../test/support/worker-scene.ts'
import { defineJob } from '../define-job.ts'
import type { StorageDriver } from '../driver/storage-driver.ts'
import type { HandledAttempt, Middleware } from '../job/middleware.ts'
import { memoryDriver } from '../memory/memory-driver.ts'
import { Queue } from '../queue/queue.ts'

const work = defineJob({
  type: 'work',
  maxAttempts: 1,
  async handle(payload: { fails?: boolean }) {
    if (payload.fails === true) throw new Error('handler')
    return 'of the handler'
  },
})

function scene(middleware: readonly Middleware[], change: (driver: StorageDriver) => StorageDriver = (same) => same) {
  const clock = new FakeClock()
  const queue = new Queue({ driver: change(memoryDriver({ clock })), jobs: [work], clock, middleware })
  const run = async (payload: { fails?: boolean } = {}, meta?: { tenant: string }) => {
    const { id } = await queue.dispatch(work, payload, meta === undefined ? {} : { meta })
    await queue.createWorker().drain()
    return (await queue.find(id))!
  }
  return { clock, queue, run }
}

describe('middleware around a handler', () => {
  test('runs outermost first, with the context, the payload and the meta as they were stored', async () => {
    const seen: string[] = []
    const attempts: HandledAttempt[] = []
    const mark = (name: string): Middleware => ({
      async handle(attempt, next) {
        attempts.push(attempt)
        seen.push(`${name} before`)
        const value = await next()
        seen.push(`${name} after ${String(value)}`)
        return `${String(value)}, ${name}`
      },
    })
    const { run } = scene([mark('a'), { dispatch: (_draft, next) => next() }, mark('b')])
    const job = await run({}, { tenant: 't' })
    expect(seen).toEqual(['a before', 'b before', 'b after of the handler', 'a after of the handler, b'])
    expect(job.result).toBe('of the handler, b, a')
    expect(attempts[0]).toMatchObject({ payload: {}, meta: { tenant: 't' } })
    expect(attempts[0]?.context.jobId).toBe(job.id)
    await run()
    expect(attempts.at(-1)?.meta).toEqual({})
  })

  test('carries a context from the dispatch to the handler, and on to what that dispatches', async () => {
    const tenant = new AsyncLocalStorage<string>()
    const carryTenant: Middleware = {
      dispatch({ meta }, next) {
        meta['tenant'] = tenant.getStore()
        return next()
      },
      handle: ({ meta }, next) => tenant.run(String(meta['tenant']), next),
    }
    const seen: unknown[] = []
    const child = defineJob({ type: 'child', handle: async () => void seen.push(tenant.getStore()) })
    const parent = defineJob({
      type: 'parent',
      handle: async (_payload: object, context) => void (await context.dispatch(child, {})),
    })
    const clock = new FakeClock()
    const driver = memoryDriver({ clock })
    const queue = new Queue({ driver, jobs: [parent, child], clock, middleware: [carryTenant] })
    await tenant.run('acme', () => queue.dispatch(parent, {}))
    await queue.createWorker().drain()
    expect(seen).toEqual(['acme'])
  })

  test('sees what the handler throws, and what it throws itself is the job’s error', async () => {
    const seen: string[] = []
    const { run } = scene([
      {
        async handle(_attempt, next) {
          try {
            return await next()
          } catch (error) {
            seen.push((error as Error).message)
            throw new Error('in other words', { cause: error })
          }
        },
      },
    ])
    const job = await run({ fails: true })
    expect(seen).toEqual(['handler'])
    expect(job).toMatchObject({ state: 'failed', error: { message: 'in other words' } })
  })

  test.each<[string, Middleware['handle'], object]>([
    ['its own value', () => 'instead', { state: 'finished', result: 'instead' }],
    ['an outcome', ({ context }) => context.cancel('not now'), { state: 'cancelled', reason: 'not now' }],
    ['no more than an error', (_attempt, next) => next().catch(() => 'saved'), { state: 'finished', result: 'saved' }],
  ])('may return %s', async (_what, handle, expected) => {
    const { run } = scene([{ handle: handle! }])
    expect(await run({ fails: true })).toMatchObject(expected)
  })

  test('may call `next` once', async () => {
    const { run } = scene([
      {
        async handle(_attempt, next) {
          await next()
          return next()
        },
      },
    ])
    expect(await run()).toMatchObject({ state: 'failed', error: { code: 'GPQ_INVALID_OPTION' } })
  })

  test('ends the attempt no sooner than the handler has returned', async () => {
    const handler = gate<string>()
    const slow = defineJob({ type: 'slow', handle: () => handler.promise })
    const clock = new FakeClock()
    const impatient: Middleware = { handle: (_attempt, next) => Promise.race([next(), Promise.resolve('early')]) }
    const queue = new Queue({ driver: memoryDriver({ clock }), jobs: [slow], clock, middleware: [impatient] })
    const { id } = await queue.dispatch(slow, {})
    const run = queue.createWorker().drain()
    await clock.advance(1_000)
    expect((await queue.find(id))?.state).toBe('running')
    handler.resolve('late')
    await run
    expect(await queue.find(id)).toMatchObject({ state: 'finished', result: 'early' })
  })

  test('runs around each job of a batch, which stays one call', async () => {
    const seen: string[] = []
    const many = defineJob({
      type: 'many',
      batch: { max: 10 },
      handleMany: async (jobs) => void seen.push(`${jobs.length} at once`),
    })
    const clock = new FakeClock()
    const around: Middleware = {
      async handle({ payload }, next) {
        seen.push(`before ${String(payload)}`)
        await next()
        seen.push(`after ${String(payload)}`)
      },
    }
    const queue = new Queue({ driver: memoryDriver({ clock }), jobs: [many], clock, middleware: [around, around] })
    await queue.dispatchMany(many, [1, 2])
    const drained = queue.createWorker().drain()
    await clock.advance(60_000)
    expect(await drained).toBe(2)
    const twice = (word: string, n: number) => [`${word} ${n}`, `${word} ${n}`]
    expect(seen.slice(0, 4).sort()).toEqual([...twice('before', 1), ...twice('before', 2)])
    expect(seen[4]).toBe('2 at once')
    expect(seen.slice(5).sort()).toEqual([...twice('after', 1), ...twice('after', 2)])
  })

  test('fails the job for good when its stored meta is not JSON any more', async () => {
    const damaged = (driver: StorageDriver): StorageDriver => ({
      ...driver,
      claim: async (request) => {
        const reply = await driver.claim(request)
        return { ...reply, jobs: reply.jobs.map((job) => ({ ...job, meta: '{"tenant":' })) }
      },
    })
    const seen: unknown[] = []
    const { run } = scene([{ handle: (attempt) => void seen.push(attempt) }], damaged)
    expect(await run({}, { tenant: 't' })).toMatchObject({ state: 'failed', reason: 'permanent' })
    expect(seen).toEqual([])
    expect(await scene([], damaged).run({}, { tenant: 't' })).toMatchObject({ state: 'finished' })
  })
})

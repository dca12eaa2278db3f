import { AsyncLocalStorage } from 'node:async_hooks'
import { describe, expect, test } from 'vitest'
import { FakeClock } from '../../test/support/fake-clock.ts'
import { gate } from '../../test/support/worker-scene.ts'
import { defineJob } from '../define-job.ts'
import type { StorageDriver } from '../driver/storage-driver.ts'
import { DuplicateJobError, InvalidOptionError, InvalidPayloadError, PayloadTooLargeError } from '../errors.ts'
import type { Middleware, StoredDraft } from '../job/middleware.ts'
import { memoryDriver } from '../memory/memory-driver.ts'
import { Queue } from './queue.ts'

const note = defineJob({ type: 'note', async handle(_payload: { n: number }) {} })

function scene(middleware: readonly Middleware[], change: Partial<StorageDriver> = {}) {
  const clock = new FakeClock()
  const memory = memoryDriver({ clock })
  const calls: number[] = []
  const driver: StorageDriver = {
    ...memory,
    async dispatch(request) {
      calls.push(request.jobs.length)
      return memory.dispatch(request)
    },
    ...change,
  }
  const queue = new Queue({ driver, jobs: [note], clock, middleware })
  const metas = async () => (await queue.list()).jobs.map(({ meta }) => meta).reverse()
  return { queue, calls, metas }
}

const mark = (name: string, seen: string[]): Middleware => ({
  async dispatch({ type, meta }, next) {
    seen.push(`${name} before ${type}`)
    meta['marks'] = [...((meta['marks'] as string[] | undefined) ?? []), name]
    const stored = await next()
    seen.push(`${name} after ${stored?.id}`)
  },
})

describe('middleware around a dispatch', () => {
  test('runs outermost first, puts its meta beside that of the caller, and hears the id', async () => {
    const seen: string[] = []
    const { queue, metas } = scene([mark('a', seen), { handle: (_attempt, next) => next() }, mark('b', seen)])
    const meta = { by: 'test', deep: { list: [1] } }
    expect(await queue.dispatch(note, { n: 1 }, { meta })).toEqual({ id: '1', created: true })
    expect(seen).toEqual(['a before note', 'b before note', 'b after 1', 'a after 1'])
    expect(await metas()).toEqual([{ ...meta, marks: ['a', 'b'] }])
    expect(meta).toEqual({ by: 'test', deep: { list: [1] } })
  })

  test('runs once for each job of a call, which stays one call of storage', async () => {
    const drafts: unknown[] = []
    const { queue, calls, metas } = scene([
      {
        async dispatch(draft, next) {
          await Promise.resolve()
          drafts.push(draft.payload)
          draft.meta['n'] = drafts.length
          return next()
        },
      },
    ])
    await queue.dispatchMany(note, [{ n: 1 }, { n: 2 }], { meta: { shared: true } })
    await queue.dispatchAll([note.with({ n: 3 }), note.with({ n: 4 }, { meta: { own: true } })])
    expect(await queue.dispatchMany(note, [])).toEqual([])
    expect(calls).toEqual([2, 2])
    expect(drafts).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }, { n: 4 }])
    expect(await metas()).toEqual([{ shared: true, n: 1 }, { shared: true, n: 2 }, { n: 3 }, { own: true, n: 4 }])
  })

  test('adds no meta to a job that has none', async () => {
    const stored: unknown[] = []
    const { queue } = scene([{ dispatch: (_draft, next) => next() }], {
      dispatch: async ({ jobs }) => {
        stored.push(...jobs.map((one) => 'meta' in one))
        return { stored: true, receipts: jobs.map(() => ({ id: '1', created: true })) }
      },
    })
    await queue.dispatch(note, { n: 1 })
    await queue.dispatch(note, { n: 1 }, { meta: {} })
    expect(stored).toEqual([false, true])
  })

  test.each([
    [{ tooLarge: 'x'.repeat(20_000) }, PayloadTooLargeError],
    [{ date: new FakeClock() }, InvalidPayloadError],
  ])('is checked like the meta of a caller', async (addition, expected) => {
    const { queue, calls } = scene([
      {
        dispatch({ meta }, next) {
          Object.assign(meta, addition)
          return next()
        },
      },
    ])
    await expect(queue.dispatch(note, { n: 1 })).rejects.toSatisfy(expected.isInstance)
    expect(calls).toEqual([])
  })

  test('is not run for a meta that is none', async () => {
    const seen: string[] = []
    const { queue } = scene([mark('a', seen)])
    await expect(queue.dispatch(note, { n: 1 }, { meta: [1] as never })).rejects.toSatisfy(
      InvalidPayloadError.isInstance,
    )
    expect(seen).toEqual([])
  })

  test.each<[string, Middleware['dispatch'], string]>([
    ['throws before `next`', () => Promise.reject(new Error('no tenant')), 'no tenant'],
    [
      'throws at once',
      () => {
        throw new Error('no tenant')
      },
      'no tenant',
    ],
    ['does not call `next`', () => undefined, 'did not call'],
  ])('fails the whole call when it %s for one job', async (_what, wrong, message) => {
    const others: string[] = []
    const { queue, calls } = scene([
      {
        async dispatch(draft, next) {
          if ((draft.payload as { n: number }).n === 2) return wrong!(draft, next)
          return next().catch((error: Error) => others.push(error.message))
        },
      },
    ])
    await expect(queue.dispatchMany(note, [{ n: 1 }, { n: 2 }, { n: 3 }])).rejects.toThrow(message)
    expect(calls).toEqual([])
    expect(others).toHaveLength(2)
    expect(others[0]).toContain(message)
    await expect(queue.dispatch(note, { n: 2 })).rejects.toThrow(message)
  })

  test('sees why nothing was stored, and may say it in its own words but not make it undone', async () => {
    const seen: unknown[] = []
    let inOwnWords = true
    const { queue } = scene([
      {
        async dispatch(_draft, next) {
          await next().catch((error: unknown) => {
            seen.push(error)
            if (inOwnWords) throw new Error('taken', { cause: error })
          })
        },
      },
    ])
    const unique = { key: 'k', onConflict: 'reject' } as const
    await queue.dispatch(note, { n: 1 }, { unique })
    await expect(queue.dispatch(note, { n: 2 }, { unique })).rejects.toThrow('taken')
    inOwnWords = false
    await expect(queue.dispatch(note, { n: 2 }, { unique })).rejects.toSatisfy(DuplicateJobError.isInstance)
    expect(seen.map((error) => DuplicateJobError.isInstance(error))).toEqual([true, true])
  })

  test('is waited for after the jobs are stored, and what it throws then reaches the caller', async () => {
    const { queue, metas } = scene([
      {
        async dispatch(_draft, next) {
          await next()
          throw new Error('tracer is full')
        },
      },
    ])
    await expect(queue.dispatch(note, { n: 1 })).rejects.toThrow('tracer is full')
    expect(await metas()).toHaveLength(1)
  })

  test('may call `next` once', async () => {
    const { queue, calls } = scene([
      {
        async dispatch(_draft, next) {
          await next()
          await next()
        },
      },
    ])
    await expect(queue.dispatch(note, { n: 1 })).rejects.toSatisfy(InvalidOptionError.isInstance)
    expect(calls).toEqual([1])
  })

  test('hides nothing from the one around it', async () => {
    const seen: unknown[] = []
    const { queue } = scene([
      {
        async dispatch(_draft, next) {
          seen.push(await next().catch((error: Error) => error.message))
        },
      },
      { dispatch: (_draft, next) => next().catch(() => ({ id: 'forged', created: true })) },
    ])
    const unique = { key: 'k', onConflict: 'reject' } as const
    await queue.dispatch(note, { n: 1 }, { unique })
    await expect(queue.dispatch(note, { n: 2 }, { unique })).rejects.toSatisfy(DuplicateJobError.isInstance)
    expect(seen).toEqual([{ id: '1', created: true }, expect.stringContaining('holds the unique key')])
  })

  test('may leave `next` to itself: its error still reaches the caller', async () => {
    const { queue } = scene([{ dispatch: (_draft, next) => void next() }], {
      dispatch: () => Promise.reject(new Error('down')),
    })
    await expect(queue.dispatch(note, { n: 1 })).rejects.toThrow('down')
  })

  test('stores where the caller is, not where a middleware went', async () => {
    const place = new AsyncLocalStorage<string>()
    const places: (string | undefined)[] = []
    const { queue } = scene([{ dispatch: (_draft, next) => place.run('middleware', next) }], {
      dispatch: async ({ jobs }) => {
        places.push(place.getStore())
        return { stored: true, receipts: jobs.map(() => ({ id: '1', created: true })) }
      },
    })
    await place.run('caller', () => queue.dispatch(note, { n: 1 }))
    expect(places).toEqual(['caller'])
  })

  test('runs for `persist` too, without an id', async () => {
    const staged: unknown[] = []
    const heard = gate<StoredDraft | undefined>()
    const { queue } = scene(
      [
        {
          async dispatch({ meta }, next) {
            meta['trace'] = 't1'
            heard.resolve(await next())
          },
        },
      ],
      {
        callerOptions: ['em'],
        transactions: {
          joins: () => true,
          complete: () => Promise.reject(new Error('not used')),
          stage: async ({ jobs }) => void staged.push(...jobs.map(({ meta }) => meta)),
        },
      },
    )
    await queue.persist({} as never, note, { n: 1 })
    expect(staged).toEqual(['{"trace":"t1"}'])
    expect(await heard.promise).toBeUndefined()
  })

  test.each([['x'], [[{}]], [[{ dispatch: 1 }]], [[null]], [[{ handle: () => 1, dispatch: 'x' }]]])(
    'refuses %j instead of middleware',
    (middleware) => {
      expect(() => scene(middleware as never)).toThrow(InvalidOptionError)
    },
  )
})

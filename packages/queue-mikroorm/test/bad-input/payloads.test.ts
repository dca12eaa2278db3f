import { deepStrictEqual } from 'node:assert'
import { defineJob, InvalidPayloadError, PayloadTooLargeError, type Queue, type AnyJob } from '@goplate/queue-core'
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { hostileTexts } from './corpus.ts'
import { looseQueue, storages, type Storage } from './three-queues.ts'

const job = defineJob({
  type: 'any',
  async handle(payload: unknown) {
    handled.push(payload)
  },
})
const handled: unknown[] = []

/** Objects whose keys and values are everything JSON can say. */
const anyJson = fc.jsonValue({ noUnicodeString: false }).filter((value) => {
  const text = JSON.stringify(value)
  return text.isWellFormed() && !/\\u0000|\\ud[89a-f]|__proto__|"constructor"|"prototype"/i.test(text)
})

describe.each(Object.entries(storages))('payloads on %s', (_name, open) => {
  let storage: Storage
  let queue: Queue<readonly AnyJob[], object>
  beforeAll(async () => {
    storage = await open()
    queue = looseQueue(storage.driver, [job])
  })
  afterEach(async () => {
    expect(await storage.audit()).toEqual([])
  })
  afterAll(async () => {
    await queue.close()
    await storage.close()
  })

  it.each([...hostileTexts])('%j arrives as it was sent, as a value and as a key', async (text) => {
    const payload = text === '__proto__' || text === 'constructor' ? { value: text } : { value: text, [text]: [text] }
    const { id } = await queue.dispatch(job, payload)
    deepStrictEqual((await queue.find(id))?.payload, payload)
    handled.length = 0
    await queue.createWorker({ retention: false }).drain()
    deepStrictEqual(handled, [payload])
  })

  it('any JSON round-trips to the handler', async () => {
    const worker = queue.createWorker({ retention: false })
    await fc.assert(
      fc.asyncProperty(fc.array(anyJson, { minLength: 1, maxLength: 20 }), async (payloads) => {
        handled.length = 0
        await queue.dispatchMany(job, payloads)
        await worker.drain()
        deepStrictEqual(sorted(handled), sorted(payloads))
      }),
      { numRuns: 25 },
    )
  })

  const cyclic: Record<string, unknown> = {}
  cyclic.self = cyclic
  const deep = JSON.parse('['.repeat(9_000) + ']'.repeat(9_000)) as unknown
  it.each<[string, unknown]>([
    ['NUL in a value', { a: 'x\0y' }],
    ['NUL in a key', { 'x\0y': 1 }],
    ['a lone surrogate', { a: { b: ['\ud800'] } }],
    ['a lone surrogate in a key', { '\udc00': 1 }],
    ['BigInt', { n: 1n }],
    ['NaN', { n: Number.NaN }],
    ['Infinity', { n: -Infinity }],
    ['a Date', { at: new Date(0) }],
    ['a Map', { m: new Map([[1, 2]]) }],
    ['a Set', { s: new Set([1]) }],
    ['a Buffer', { b: Buffer.from('x') }],
    ['a typed array', new Uint8Array(3)],
    [
      'a class instance',
      new (class Point {
        x = 1
      })(),
    ],
    ['a function', { f: () => 1 }],
    ['a symbol', { s: Symbol('x') }],
    ['a symbol key', { [Symbol('x')]: 1 }],
    ['a hole in an array', { a: [1, , 2] }], // eslint-disable-line no-sparse-arrays -- the point of it
    ['undefined in an array', { a: [undefined] }],
    ['undefined', undefined],
    ['a cycle', cyclic],
    ['9,000 levels', deep],
    ['__proto__', JSON.parse('{"__proto__":{"polluted":1}}')],
    ['constructor', JSON.parse('{"a":{"constructor":1}}')],
    [
      'a getter that throws',
      Object.defineProperty({}, 'x', {
        enumerable: true,
        get() {
          throw new Error('no')
        },
      }),
    ],
    [
      'a proxy that throws',
      new Proxy(
        {},
        {
          ownKeys() {
            throw new Error('no')
          },
        },
      ),
    ],
    ['a promise', Promise.resolve(1)],
  ])('%s is refused before any SQL, and nothing of the call is stored', async (_what, payload) => {
    const before = await total(queue)
    const error = await queue.dispatchMany(job, [{ fine: 1 }, payload]).catch((thrown: unknown) => thrown)
    expect(error).toSatisfy((thrown) => InvalidPayloadError.isInstance(thrown))
    expect((error as InvalidPayloadError).issues[0]?.path).toMatch(/^\$/)
    expect(await total(queue)).toBe(before)
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
  })

  it('262,144 bytes fit and one more does not, counted in UTF-8', async () => {
    const fits = 'é'.repeat(131_071) // and two quotes
    const { id } = await queue.dispatch(job, fits)
    expect((await queue.find(id))?.payload).toBe(fits)
    const error = await queue.dispatch(job, `${fits}x`).catch((thrown: unknown) => thrown)
    expect(error).toSatisfy((thrown) => PayloadTooLargeError.isInstance(thrown))
    expect(error).toMatchObject({ bytes: 262_145, limit: 262_144 })
    await queue.delete(id)
  })
})

async function total(queue: Queue<readonly AnyJob[], object>): Promise<number> {
  return (await queue.count()).reduce((sum, { count }) => sum + count, 0)
}

function sorted(values: readonly unknown[]): string[] {
  return values.map((value) => JSON.stringify(value)).sort()
}

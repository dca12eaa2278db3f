import { defineJob, type AnyJob, type JobRecord, type Queue, type Worker } from '@goplate/queue-core'
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { hostileTexts } from './corpus.ts'
import { looseQueue, storages, type Storage } from './three-queues.ts'

/** What the next handler does. */
let act: () => unknown
const job = defineJob({ type: 'act', maxAttempts: 1, handle: async (_payload: unknown) => act() })

const cyclicError = new Error('cyclic')
cyclicError.cause = cyclicError
const nested = Array.from({ length: 1_000 }).reduce<Error>(
  (inner) => new AggregateError([inner], 'more'),
  new Error('innermost'),
)

const thrown: [what: string, value: unknown][] = [
  ['undefined', undefined],
  ['null', null],
  ['a text', 'plain text'],
  ['a number', 42],
  ['a symbol', Symbol('s')],
  ['a function', () => 1],
  ['an object without prototype', Object.create(null)],
  ['a getter that throws', Object.defineProperty(new Error('x'), 'message', { get: () => { throw new Error('inner') } })], // prettier-ignore
  ['a proxy that throws at everything', new Proxy({}, { get() { throw new Error('no') }, has() { throw new Error('no') }, getPrototypeOf() { throw new Error('no') } })], // prettier-ignore
  ['an error whose cause is itself', cyclicError],
  ['1,000 nested aggregates', nested],
  ['5 MB of message', new Error('x'.repeat(5_000_000))],
  ['NUL and lone surrogates', new Error('a\0b\ud800c\udc00')],
  ['terminal codes', new Error('\u001b[31mred\u001b[0m')],
  ['a toString that throws', { toString() { throw new Error('no') } }], // prettier-ignore
  ['a stack that is no text', Object.assign(new Error('x'), { stack: { nope: true } })],
  ['a name of 1 MB', Object.assign(new Error('x'), { name: 'n'.repeat(1_000_000) })],
]

describe.each(Object.entries(storages))('handlers on %s', (_name, open) => {
  let storage: Storage
  let queue: Queue<readonly AnyJob[], object>
  let worker: Worker
  const warnings: string[] = []
  beforeAll(async () => {
    storage = await open()
    queue = looseQueue(storage.driver, [job])
    worker = queue.createWorker({ retention: false })
    queue.on('warning', ({ message }) => warnings.push(message))
  })
  afterEach(async () => {
    expect(await storage.audit()).toEqual([])
  })
  afterAll(async () => {
    await queue.close()
    await storage.close()
  })

  const run = async (handler: () => unknown): Promise<JobRecord> => {
    act = handler
    const { id } = await queue.dispatch(job, {})
    await worker.drain()
    return (await queue.find(id))!
  }

  it.each(thrown)('throwing %s fails the job with a text people can read', async (_what, value) => {
    const record = await run(() => {
      throw value
    })
    expect(record).toMatchObject({ state: 'failed', reason: 'exhausted' })
    const { name, message, stack = '' } = record.error!
    expect(`${name} ${message}`.trim()).not.toBe('')
    expect(Buffer.byteLength(message)).toBeLessThanOrEqual(8_192)
    expect(Buffer.byteLength(stack)).toBeLessThanOrEqual(32_768)
    expect(message + stack).not.toMatch(/\p{Cs}/u)
    expect(message + stack).not.toContain('\0')
    expect(message + stack).not.toContain('\u001b')
  })

  it('whatever is thrown, the attempt is decided at once', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.anything({
          withBigInt: true,
          withDate: true,
          withMap: true,
          withNullPrototype: true,
          withSymbol: true,
        } as never),
        async (value) => {
          expect((await run(() => Promise.reject(value as Error))).state).toBe('failed')
        },
      ),
      { numRuns: 40 },
    )
  })

  const cyclic: Record<string, unknown> = {}
  cyclic.self = cyclic
  it.each<[string, unknown]>([
    ['BigInt', 1n],
    ['a cycle', cyclic],
    ['1 MB', 'x'.repeat(1_048_576)],
    ['a Date', new Date(0)],
    ['NUL', 'a\0b'],
    ['a function', () => 1],
  ])('a result that cannot be stored (%s) is dropped; the work is done and the job finished', async (_what, value) => {
    warnings.length = 0
    const record = await run(() => value)
    expect(record.state).toBe('finished')
    expect(record.result).toBeUndefined()
    expect(warnings).toHaveLength(1)
  })

  it.each(hostileTexts.map((text) => [text]))('the result %j is kept to the character', async (text) => {
    expect((await run(() => ({ text }))).result).toEqual({ text })
  })
})

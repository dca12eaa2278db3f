import { defineJob, InvalidOptionError, InvalidPayloadError, type AnyJob, type Queue } from '@goplate/queue-core'
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { keyDigest } from '../../src/ledger/key-digest.ts'
import { sqlDatabases, type SqlDatabase } from './sql-databases.ts'
import { looseQueue, storages, type Storage } from './three-queues.ts'

const job = defineJob({
  type: 'any',
  maxAttempts: 1,
  async handle(payload: unknown) {
    handled.push(payload)
    return payload
  },
})
const handled: unknown[] = []

/** The entries of one object in two orders. */
const twoOrders = fc
  .uniqueArray(fc.tuple(fc.stringMatching(/^[a-z]{1,5}$/), fc.integer()), { selector: ([name]) => name, minLength: 2 })
  .chain((entries) => fc.tuple(fc.constant(entries), fc.shuffledSubarray(entries, { minLength: entries.length })))

describe.each(Object.entries(storages))('unique keys and numbers on %s', (_name, open) => {
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

  it('a unique key of 10 KB is refused, and the longest of 1,024 characters are told apart by their last', async () => {
    const tooLong = queue.dispatch(job, {}, { unique: { key: 'x'.repeat(10_240) } })
    await expect(tooLong).rejects.toSatisfy((error) => InvalidOptionError.isInstance(error))
    for (const letter of ['x', '€', '😀']) {
      const long = letter.repeat(1_024 / letter.length - 1)
      const first = await queue.dispatch(job, {}, { unique: { key: `${long}a` } })
      const other = await queue.dispatch(job, {}, { unique: { key: `${long}b` } })
      const again = await queue.dispatch(job, {}, { unique: { key: `${long}a` } })
      expect([first.created, other.created, again]).toEqual([true, true, { id: first.id, created: false }])
      await queue.delete([first.id, other.id])
    }
  })

  it('no JSON is hashed: a key is a text, and the order of a payload changes neither it nor is it changed', async () => {
    await fc.assert(
      fc.asyncProperty(twoOrders, async ([one, two]) => {
        const payloads = [Object.fromEntries(one), Object.fromEntries(two)]
        const first = await queue.dispatch(job, payloads[0], { unique: { key: 'same' } })
        const second = await queue.dispatch(job, payloads[1], { unique: { key: 'same' } })
        expect(second).toEqual({ id: first.id, created: false })
        const stored = (await queue.find(first.id))?.payload as object
        expect(Object.keys(stored)).toEqual(Object.keys(payloads[0]!))
        await queue.delete(first.id)

        const [left, right] = payloads.map((payload) => JSON.stringify(payload))
        const told = [await queue.dispatch(job, {}, { unique: { key: left! } })]
        told.push(await queue.dispatch(job, {}, { unique: { key: right! } }))
        expect(told[1]!.created).toBe(left !== right)
        await queue.delete(told.map(({ id }) => id))
      }),
      { numRuns: 20 },
    )
  })

  it('every number arrives as it was sent; Infinity and NaN are not sent', async () => {
    const numbers = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.maxSafeInteger(),
      fc.constantFrom(2 ** 53 + 2, 1e21, 5e-324, Number.MAX_VALUE, -0, 0.1 + 0.2),
    )
    const worker = queue.createWorker({ retention: false })
    await fc.assert(
      fc.asyncProperty(fc.array(numbers, { minLength: 1 }), async (sent) => {
        handled.length = 0
        const { id } = await queue.dispatch(job, sent)
        await worker.drain()
        const record = await queue.find(id)
        for (const got of [handled[0], record?.payload, record?.result] as (readonly number[])[])
          expect(got.every((number, index) => Object.is(number, sent[index]))).toBe(true)
      }),
      { numRuns: 20 },
    )
    for (const sent of [JSON.parse('1e400') as number, Number.NaN])
      await expect(queue.dispatch(job, sent)).rejects.toSatisfy((error) => InvalidPayloadError.isInstance(error))
  })
})

/** No one but a hand writes JSON as text; this is how such text reads. */
describe.each(Object.entries(sqlDatabases))('JSON written by hand on %s', (_name, open) => {
  let storage: SqlDatabase
  let queue: Queue<readonly AnyJob[], object>
  beforeAll(async () => {
    storage = await open()
    queue = looseQueue(storage.driver, [job])
  })
  afterAll(async () => {
    await queue.close()
    await storage.close()
  })

  const byHand = async (payload: string): Promise<{ seen: unknown; result: unknown }> => {
    handled.length = 0
    const { id } = await queue.dispatch(job, {})
    await storage.query(`update ${storage.table('job')} set payload = '${payload}' where id = ${id}`)
    await queue.createWorker({ retention: false }).drain()
    const record = await queue.find(id)
    expect(record?.state).toBe('finished')
    return { seen: handled[0], result: record?.result }
  }

  it('of duplicate names the last counts, as in JSON.parse', async () => {
    expect(await byHand('{"a":1,"b":2,"a":3}')).toEqual({ seen: { a: 3, b: 2 }, result: { a: 3, b: 2 } })
  })

  it('integers beyond 2^53 are the nearest number, and 1e400 is no number that could be stored again', async () => {
    const nearest = 12_345_678_901_234_567_000
    expect(await byHand('[12345678901234567890]')).toEqual({ seen: [nearest], result: [nearest] })
    expect(await byHand('[1e400]')).toEqual({ seen: [Infinity], result: undefined })
  })

  it('the key column holds the same digest in every database', async () => {
    const { id } = await queue.dispatch(job, {}, { unique: { key: 'Grüße 😀' } })
    const rows = await storage.query(`select key from ${storage.table('unique_key')} where job = ${id}`)
    const uniqueKey = (await queue.find(id))?.uniqueKey
    expect(uniqueKey).toBe('any Grüße 😀')
    expect(rows).toEqual([{ key: keyDigest(uniqueKey!) }])
  })
})

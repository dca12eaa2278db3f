import { afterAll, beforeAll, expect, test } from 'vitest'
import { contenderIds, type Contender, type ContenderId, type Payload, type StoreKind } from '../src/contender.ts'
import { loadContender } from '../src/contenders/load.ts'
import { nowUs } from '../src/measure/clock.ts'
import type { Store } from '../src/stores/store.ts'
import { openStores } from '../src/stores/stores.ts'

interface Amounts {
  /** In one call, before a worker runs. */
  readonly inBulk: number
  /** One after the other while it runs. */
  readonly singly: number
  /** Each with a row of the application, while it runs. */
  readonly withRow: number
}

const usual: Amounts = { inBulk: 250, singly: 40, withRow: 10 }
/** Its single-job workers handle 20 jobs a second of a backlog. */
const few: Amounts = { inBulk: 30, singly: 20, withRow: 10 }

let stores: ReadonlyMap<StoreKind, Store>
beforeAll(async () => {
  stores = await openStores(new Set(['postgresql', 'redis', 'sqlite']))
})
afterAll(async () => {
  for (const store of stores.values()) await store.stop()
})

test.each(contenderIds)('%s handles every job once and leaves none', { timeout: 60_000 }, (id) => check(id))

async function check(id: ContenderId): Promise<void> {
  const contender = await loadContender(id)
  expect(contender.id).toBe(id)
  const store = stores.get(contender.store)
  if (store === undefined) {
    // Only Redis may be missing.
    expect(contender.store).toBe('redis')
    process.stdout.write(`${id} was not checked: there is no redis-server on PATH\n`)
    return
  }
  const place = await store.create()
  try {
    await handleAll(contender, place.url, id === 'pg-boss-single' ? few : usual)
  } finally {
    await place.drop()
  }
}

async function handleAll(contender: Contender, url: string, { inBulk, singly, withRow }: Amounts): Promise<void> {
  await contender.prepare(url)
  const producer = await contender.produce(url)
  const rows = producer.dispatchWithRow === undefined ? 0 : withRow
  const total = inBulk + singly + rows
  const { handled, all } = counter(total)

  await producer.dispatchMany(Array.from({ length: inBulk }, (_, n) => payload(n)))
  expect(await contender.left(url)).toBe(inBulk)

  const consumer = await contender.consume(url, handled)
  await consumer.start()
  for (let n = inBulk; n < inBulk + singly; n += 1) await producer.dispatch(payload(n))
  for (let n = inBulk + singly; n < total; n += 1) await producer.dispatchWithRow?.(payload(n))
  const seen = await all
  await consumer.stop()
  await producer.close()

  expect(seen.toSorted((a, b) => a - b)).toEqual(Array.from({ length: total }, (_, n) => n))
  expect(await contender.left(url)).toBe(0)
}

function counter(total: number) {
  const seen: number[] = []
  const { promise: all, resolve } = Promise.withResolvers<number[]>()
  const handled = ({ n }: Payload) => {
    seen.push(n)
    if (seen.length === total) resolve(seen)
  }
  return { handled, all }
}

function payload(n: number): Payload {
  return { n, at: nowUs(), text: 'a line of text such as jobs carry, sixty characters of it' }
}

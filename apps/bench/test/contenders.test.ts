import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { contenderIds, type Contender, type ContenderId, type Payload, type StoreKind } from '../src/contender.ts'
import { loadContender } from '../src/contenders/load.ts'
import { nowUs } from '../src/measure/clock.ts'
import { redisVersion } from '../src/stores/redis-store.ts'
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

const noRedis = redisVersion() === undefined ? 'there is no redis-server on PATH' : undefined
if (noRedis !== undefined) process.stdout.write(`bullmq is skipped: ${noRedis}\n`)

let stores: ReadonlyMap<StoreKind, Store>
beforeAll(async () => {
  stores = await openStores(new Set(['postgresql', 'redis', 'sqlite']))
})
afterAll(async () => {
  for (const store of stores.values()) await store.stop()
})

describe.for(contenderIds)('%s', (id) => {
  const skip = id === 'bullmq' && noRedis !== undefined

  test.skipIf(skip)('handles every job once and leaves none', () => inEmptyStore(id, handleAll))
  test.skipIf(skip)('has settled every handled job when it has stopped', () => inEmptyStore(id, stopMidway))
})

async function inEmptyStore(id: ContenderId, work: (contender: Contender, url: string) => Promise<void>) {
  const contender = await loadContender(id)
  expect(contender.id).toBe(id)
  const place = await stores.get(contender.store)!.create()
  try {
    await contender.prepare(place.url)
    await work(contender, place.url)
  } finally {
    await place.drop()
  }
}

async function handleAll(contender: Contender, url: string): Promise<void> {
  const { inBulk, singly, withRow } = amounts(contender)
  const producer = await contender.produce(url)
  const total = inBulk + singly + (producer.dispatchWithRow === undefined ? 0 : withRow)
  const { handled, seen, reached } = counter(total)

  await producer.dispatchMany(payloads(0, inBulk))
  expect(await contender.left(url)).toBe(inBulk)

  const consumer = await contender.consume(url, handled)
  await consumer.start()
  for (const payload of payloads(inBulk, inBulk + singly)) await producer.dispatch(payload)
  for (const payload of payloads(inBulk + singly, total)) await producer.dispatchWithRow?.(payload)
  await reached
  await consumer.stop()
  await producer.close()

  expect(seen.toSorted((a, b) => a - b)).toEqual(Array.from({ length: total }, (_, n) => n))
  expect(await contender.left(url)).toBe(0)
}

async function stopMidway(contender: Contender, url: string): Promise<void> {
  const { inBulk } = amounts(contender)
  const producer = await contender.produce(url)
  await producer.dispatchMany(payloads(0, inBulk))
  await producer.close()

  const { handled, seen, reached } = counter(Math.floor(inBulk / 2))
  const consumer = await contender.consume(url, handled)
  await consumer.start()
  await reached
  await consumer.stop()

  expect(new Set(seen).size).toBe(seen.length)
  expect(await contender.left(url)).toBe(inBulk - seen.length)
}

function amounts({ id }: Contender): Amounts {
  return id === 'pg-boss-single' ? few : usual
}

function counter(target: number) {
  const seen: number[] = []
  const { promise: reached, resolve } = Promise.withResolvers<void>()
  const handled = ({ n }: Payload) => {
    seen.push(n)
    if (seen.length === target) resolve()
  }
  return { handled, seen, reached }
}

function payloads(from: number, to: number): Payload[] {
  const text = 'a line of text such as jobs carry, sixty characters of it'
  return Array.from({ length: to - from }, (_, index) => ({ n: from + index, at: nowUs(), text }))
}

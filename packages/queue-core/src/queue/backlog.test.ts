import { describe, expect, test } from 'vitest'
import { FakeClock } from '../../test/support/fake-clock.ts'
import { gate } from '../../test/support/worker-scene.ts'
import { defineJob } from '../define-job.ts'
import type { CountRequest, StorageDriver } from '../driver/storage-driver.ts'
import { InvalidOptionError, QueueFullError, StorageError } from '../errors.ts'
import { memoryDriver } from '../memory/memory-driver.ts'
import type { MaxPending } from './backlog.ts'
import { Queue } from './queue.ts'

const mail = defineJob({ type: 'mail', queue: 'mail', async handle(_payload: { n: number }) {} })
const image = defineJob({ type: 'image', queue: 'images', async handle(_payload: { n: number }) {} })

interface Hooks {
  beforeCount?: () => unknown
  beforeDispatch?: () => unknown
  joins?: boolean
}

function scene(maxPending: MaxPending<'mail' | 'images'>, hooks: Hooks = {}) {
  const clock = new FakeClock()
  const memory = memoryDriver({ clock })
  const counts: CountRequest[] = []
  const driver: StorageDriver = {
    ...memory,
    async count(request) {
      counts.push(request)
      await hooks.beforeCount?.()
      return memory.count(request)
    },
    async dispatch(request) {
      await hooks.beforeDispatch?.()
      return memory.dispatch(request)
    },
    transactions: { joins: () => hooks.joins ?? false, complete: () => Promise.reject(new Error('not used')) },
  }
  const queue = new Queue({ driver, jobs: [mail, image], clock, maxPending })
  return { clock, queue, counts, memory }
}

const payloads = (count: number) => Array.from({ length: count }, (_, n) => ({ n }))

describe('maxPending', () => {
  test('refuses what goes over the limit of its queue, whole, with the facts, and leaves other queues alone', async () => {
    const { queue } = scene({ mail: 3 })
    await queue.dispatchMany(mail, payloads(2))
    const refused = queue.dispatchMany(mail, payloads(2))
    await expect(refused).rejects.toSatisfy(QueueFullError.isInstance)
    await expect(refused).rejects.toMatchObject({ queue: 'mail', pending: 2, limit: 3 })
    await queue.dispatch(mail, { n: 3 }, { delay: '1h' })
    await expect(queue.dispatch(mail, { n: 4 })).rejects.toMatchObject({ pending: 3 })
    await queue.dispatchMany(image, payloads(10))
    await expect(queue.dispatchAll([image.with({ n: 1 }), mail.with({ n: 4 })])).rejects.toMatchObject({
      queue: 'mail',
    })
    expect(await queue.count({ queues: ['images'] })).toMatchObject([{ count: 10 }])
  })

  test('as a number is for all queues together', async () => {
    const { queue } = scene(3)
    await queue.dispatchMany(mail, payloads(2))
    await queue.dispatch(image, { n: 1 })
    await expect(queue.dispatch(image, { n: 2 })).rejects.toMatchObject({ queue: undefined, pending: 3, limit: 3 })
  })

  test('counts once for everybody who dispatches at once, and once a second', async () => {
    const { clock, queue, counts } = scene({ mail: 5 })
    const results = await Promise.allSettled(payloads(8).map((payload) => queue.dispatch(mail, payload)))
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(5)
    expect(counts).toEqual([{ filter: { states: ['pending'], queues: ['mail'] } }])
    await clock.advance(999)
    await expect(queue.dispatch(mail, { n: 9 })).rejects.toSatisfy(QueueFullError.isInstance)
    expect(counts).toHaveLength(1)
    await clock.advance(1)
    await expect(queue.dispatch(mail, { n: 9 })).rejects.toSatisfy(QueueFullError.isInstance)
    expect(counts).toHaveLength(2)
  })

  test('sees what workers took, and what other processes added, a second later', async () => {
    const { clock, queue, memory } = scene({ mail: 2 })
    await queue.dispatchMany(mail, payloads(2))
    await queue.createWorker().drain()
    await expect(queue.dispatch(mail, { n: 2 })).rejects.toMatchObject({ pending: 2 })
    await clock.advance(1_000)
    await queue.dispatch(mail, { n: 3 })
    const elsewhere = new Queue({ driver: memory, jobs: [mail], clock })
    await elsewhere.dispatch(mail, { n: 4 })
    await queue.dispatch(mail, { n: 5 })
    await clock.advance(1_000)
    await expect(queue.dispatch(mail, { n: 6 })).rejects.toMatchObject({ pending: 3 })
  })

  test('gives back the room of what was not stored', async () => {
    const hooks: Hooks = {}
    const { queue } = scene({ mail: 2 }, hooks)
    await queue.dispatch(mail, { n: 1 }, { unique: { key: 'a' } })
    for (let n = 0; n < 3; n += 1) await queue.dispatch(mail, { n }, { unique: { key: 'a' } })
    hooks.beforeDispatch = () => Promise.reject(new Error('down'))
    for (let n = 0; n < 3; n += 1) {
      await expect(queue.dispatch(mail, { n })).rejects.toSatisfy(StorageError.isInstance)
    }
    delete hooks.beforeDispatch
    expect((await queue.dispatch(mail, { n: 1 })).created).toBe(true)
    await expect(queue.dispatch(mail, { n: 2 })).rejects.toMatchObject({ pending: 2 })
  })

  test('counts what is under way while it counts, until that is known to be refused', async () => {
    const hooks: Hooks = {}
    const { clock, queue } = scene({ mail: 2 }, hooks)
    const stored = gate()
    hooks.beforeDispatch = () => stored.promise
    const underWay = queue.dispatch(mail, { n: 1 })
    await clock.advance(1_000)
    delete hooks.beforeDispatch
    await queue.dispatch(mail, { n: 2 })
    await expect(queue.dispatch(mail, { n: 3 })).rejects.toMatchObject({ pending: 2 })
    stored.reject(new Error('down'))
    await expect(underWay).rejects.toSatisfy(StorageError.isInstance)
    await queue.dispatch(mail, { n: 3 })
    await expect(queue.dispatch(mail, { n: 4 })).rejects.toMatchObject({ pending: 2 })
  })

  test('tells the error of a count that failed to all who waited for it, and counts again', async () => {
    const hooks: Hooks = { beforeCount: () => Promise.reject(new Error('down')) }
    const { queue, counts } = scene({ mail: 1 }, hooks)
    const both = await Promise.allSettled([queue.dispatch(mail, { n: 1 }), queue.dispatch(mail, { n: 2 })])
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    delete hooks.beforeCount
    await queue.dispatch(mail, { n: 3 })
    expect(counts).toHaveLength(2)
  })

  test('neither counts nor refuses inside a transaction, or without a limit', async () => {
    const { queue, counts } = scene({ mail: 1 }, { joins: true })
    await queue.dispatchMany(mail, payloads(3))
    const open = scene({})
    await open.queue.dispatchMany(mail, payloads(3))
    const other = scene({ images: 1 })
    await other.queue.dispatchMany(mail, payloads(3))
    expect([...counts, ...open.counts, ...other.counts]).toEqual([])
  })

  test.each([[0], [-1], [1.5], ['5'], [null], [{ mail: 0 }], [{ mail: '3' }], [{ mial: 3 }]])(
    'refuses %j as a limit',
    (limit) => {
      expect(() => scene(limit as never)).toThrow(InvalidOptionError)
    },
  )
})

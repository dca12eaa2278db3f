import { defineJob, InvalidOptionError, type AnyJob, type Queue } from '@goplate/queue-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { badNames, hostileTexts } from './corpus.ts'
import { looseQueue, storages, type Storage } from './three-queues.ts'

const job = defineJob({ type: 'any', async handle(_payload: unknown) {} })
const isInvalidOption = (error: unknown): boolean => InvalidOptionError.isInstance(error)

describe.each(Object.entries(storages))('options on %s', (_name, open) => {
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

  const refused = async (options: object): Promise<void> => {
    await expect(queue.dispatch(job, {}, options as never)).rejects.toSatisfy(isInvalidOption)
  }

  it.each(badNames.map((name) => [name]))('%o names no queue, no tag and no type', async (name) => {
    await refused({ queue: name })
    await refused({ tags: [name] })
    expect(() => looseQueue(storage.driver, [{ type: name, handle() {} } as never])).toThrow(InvalidOptionError)
    expect((await queue.list()).jobs).toEqual([])
  })

  it.each<[string, object]>([
    ['priority 2^31', { priority: 2 ** 31 }],
    ['priority -32769', { priority: -32_769 }],
    ['priority "1"', { priority: '1' }],
    ['priority NaN', { priority: Number.NaN }],
    ['priority {$ne}', { priority: { $ne: 1 } }],
    ['delay -1', { delay: -1 }],
    ['delay NaN', { delay: Number.NaN }],
    ['delay Infinity', { delay: Infinity }],
    ['delay "soon"', { delay: 'soon' }],
    ['delay 1e300', { delay: 1e300 }],
    ['availableAt beyond the year 9999', { availableAt: new Date(8.64e15) }],
    ['availableAt before 1970', { availableAt: new Date(-1) }],
    ['availableAt as a number', { availableAt: 1 }],
    ['availableAt as a lookalike', { availableAt: { getTime: () => 1 } }],
    ['expiresAt invalid', { expiresAt: new Date('x') }],
    ['meta not an object', { meta: 'x' }],
    ['meta too large', { meta: { a: 'x'.repeat(20_000) } }],
    ['17 tags', { tags: Array.from({ length: 17 }, (_, index) => `t${index}`) }],
    ['unique without a key', { unique: {} }],
    ['unique key of 2,000 characters', { unique: { key: 'x'.repeat(2_000) } }],
    ['unique key as an object', { unique: { key: { toString: () => 'k' } } }],
    ['an option nobody knows', { where: '1=1' }],
    ['an option of the prototype', JSON.parse('{"__proto__x":1}') as object],
  ])('%s is refused with the name of the option', async (_what, options) => {
    const error = await queue.dispatch(job, {}, options as never).catch((thrown: unknown) => thrown)
    const code = (error as { code?: string }).code
    expect(['GPQ_INVALID_OPTION', 'GPQ_INVALID_PAYLOAD', 'GPQ_PAYLOAD_TOO_LARGE']).toContain(code)
    expect((error as Error).message).toContain(Object.keys(options)[0])
    expect((await queue.list()).jobs).toEqual([])
  })

  it.each(hostileTexts.filter((text) => text.length <= 1_024).map((text) => [text]))(
    '%j is a unique key like any other, also beside keys that look alike',
    async (text) => {
      const first = await queue.dispatch(job, {}, { unique: { key: text } })
      const again = await queue.dispatch(job, {}, { unique: { key: text } })
      const other = await queue.dispatch(job, {}, { unique: { key: `${text} ` } })
      expect(again).toEqual({ id: first.id, created: false })
      expect(other.created).toBe(true)
      expect((await queue.find(first.id))?.uniqueKey).toContain(text)
      await queue.delete([first.id, other.id])
    },
  )

  it.each([...hostileTexts, '0', '-1', '9'.repeat(30), '1 or 1=1', '١'].map((text) => [text]))(
    '%j is no id of a job, and no verb stumbles over it',
    async (id) => {
      if (id.length > 64) return expect(queue.find(id)).rejects.toSatisfy(isInvalidOption)
      expect(await queue.find(id)).toBeUndefined()
      expect(await queue.cancel(id)).toBe('missing')
      expect(await queue.retry(id)).toBe('missing')
      expect(await queue.delete(id)).toBe('missing')
    },
  )

  it.each(hostileTexts.map((text) => [text]))('%j filters nothing in and breaks no list', async (text) => {
    const { id } = await queue.dispatch(job, {})
    expect((await queue.list({ queues: [text] })).jobs).toEqual([])
    expect((await queue.list({ types: [text] })).jobs).toEqual([])
    expect(await queue.count({ queues: [text], types: [text] })).toEqual([])
    await queue.delete(id)
  })

  it('the reason of a cancel is kept to the character, and cleaned where a database could not keep it', async () => {
    for (const reason of hostileTexts.filter((text) => text.length <= 1_024)) {
      const { id } = await queue.dispatch(job, {})
      await queue.cancel(id, { reason })
      expect((await queue.find(id))?.reason).toBe(reason)
      await queue.delete(id)
    }
    const { id } = await queue.dispatch(job, {})
    await queue.cancel(id, { reason: 'a\0b\ud800c' + 'x'.repeat(100_000) })
    const kept = (await queue.find(id))?.reason ?? ''
    expect(kept).toMatch(/^a.b.cx+/)
    expect(kept.length).toBeLessThan(2_000)
    await queue.delete(id)
  })

  it('more than 10,000 jobs in a call are refused, none is fine', async () => {
    await expect(queue.dispatchMany(job, Array<object>(10_001).fill({}))).rejects.toSatisfy(isInvalidOption)
    expect(await queue.dispatchMany(job, [])).toEqual([])
    expect((await queue.list()).jobs).toEqual([])
  })
})

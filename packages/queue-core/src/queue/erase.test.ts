import { describe, expect, test } from 'vitest'
import { FakeClock } from '../../test/support/fake-clock.ts'
import { gate } from '../../test/support/worker-scene.ts'
import { defineJob } from '../define-job.ts'
import type { StorageDriver } from '../driver/storage-driver.ts'
import { InvalidOptionError, JobNotFoundError, PermanentError } from '../errors.ts'
import { memoryDriver } from '../memory/memory-driver.ts'
import { Queue } from './queue.ts'

function scene(change: (driver: StorageDriver) => Partial<StorageDriver> = () => ({})) {
  const clock = new FakeClock()
  const memory = memoryDriver({ clock })
  const blocker = gate()
  const mail = defineJob({
    type: 'mail',
    queue: 'mail',
    async handle(payload: { to: string }, { signal }) {
      if (payload.to === 'nobody') throw new PermanentError('no such address')
      if (payload.to !== 'slow') return
      signal.addEventListener('abort', () => blocker.resolve())
      await blocker.promise
    },
  })
  const other = defineJob({ type: 'other', async handle(_payload: { n: number }) {} })
  const queue = new Queue({ driver: { ...memory, ...change(memory) }, jobs: [mail, other], clock })
  const left = async () => (await queue.list({ limit: 1_000 })).jobs.map(({ id }) => id).sort()
  return { clock, queue, mail, other, left }
}

describe('erase', () => {
  test.each([
    [{ queues: ['mail'] }, 3, ['4', '5']],
    [{ types: ['other'] }, 2, ['1', '2', '3']],
    [{ types: ['other', 'mail'] }, 5, []],
    [{ tags: ['user:1'] }, 2, ['2', '3', '5']],
    [{ tags: ['user:1', 'user:2'] }, 3, ['3', '5']],
    [{ tags: ['user:1'], queues: ['mail'] }, 1, ['2', '3', '4', '5']],
    [{ ids: ['2', '99', '2'] }, 1, ['1', '3', '4', '5']],
    [{ ids: ['2', '4'], tags: ['user:1'] }, 1, ['1', '2', '3', '5']],
    [{ ids: ['2'], states: ['failed' as const] }, 0, ['1', '2', '3', '4', '5']],
    [{ queues: [] }, 0, ['1', '2', '3', '4', '5']],
  ])('of %j removes what fits every list', async (filter, removed, rest) => {
    const { queue, mail, other, left } = scene()
    await queue.dispatch(mail, { to: 'ada' }, { tags: ['user:1', 'x'] })
    await queue.dispatch(mail, { to: 'ada' }, { tags: ['user:2'] })
    await queue.dispatch(mail, { to: 'ada' }, { delay: '1h' })
    await queue.dispatch(other, { n: 1 }, { tags: ['user:1'] })
    await queue.dispatch(other, { n: 2 })
    expect(await queue.erase(filter)).toEqual({ removed, cancelRequested: 0 })
    expect(await left()).toEqual(rest)
  })

  test('takes ended jobs with their history and asks running ones to stop', async () => {
    const { clock, queue, mail, left } = scene()
    const sent = await queue.dispatch(mail, { to: 'ada' })
    const failed = await queue.dispatch(mail, { to: 'nobody' })
    const slow = await queue.dispatch(mail, { to: 'slow' })
    const worker = queue.createWorker()
    await worker.start()
    await clock.advance(0)
    expect(await queue.erase({ states: ['failed'] })).toEqual({ removed: 1, cancelRequested: 0 })
    expect(await queue.find(failed.id, { history: true })).toBeUndefined()
    expect(await queue.erase({ types: ['mail'] })).toEqual({ removed: 1, cancelRequested: 1 })
    expect(await queue.find(sent.id)).toBeUndefined()
    await clock.advance(60_000)
    expect((await queue.find(slow.id))?.state).toBe('cancelled')
    expect(await queue.erase({ types: ['mail'] })).toEqual({ removed: 1, cancelRequested: 0 })
    expect(await left()).toEqual([])
    await queue.close()
    expect(clock.pending).toBe(0)
  })

  test('walks as many pages as there are, and stops at the limit', async () => {
    const { queue, other, left } = scene()
    await queue.dispatchMany(
      other,
      Array.from({ length: 1_200 }, (_, n) => ({ n })),
    )
    expect(await queue.erase({ types: ['other'] }, { limit: 700 })).toEqual({ removed: 700, cancelRequested: 0 })
    expect(await left()).toHaveLength(500)
    expect(await queue.erase({ types: ['other'] })).toEqual({ removed: 500, cancelRequested: 0 })
  })

  test('counts an id once that is given twice', async () => {
    const { queue, other, left } = scene()
    await queue.dispatchMany(other, [{ n: 1 }, { n: 2 }])
    expect(await queue.erase({ ids: ['1', '1', '2'] }, { limit: 2 })).toEqual({ removed: 2, cancelRequested: 0 })
    expect(await left()).toEqual([])
  })

  test('leaves a job alone that a person reopened after it was found', async () => {
    const { queue, mail } = scene((memory) => ({
      async list(request) {
        const page = await memory.list(request)
        await memory.retry({ ids: page.jobs.map(({ id }) => id), from: ['failed'] })
        return page
      },
    }))
    const { id } = await queue.dispatch(mail, { to: 'nobody' })
    await queue.createWorker().drain()
    expect(await queue.erase({ states: ['failed'] })).toEqual({ removed: 0, cancelRequested: 0 })
    expect((await queue.find(id))?.state).toBe('pending')
  })

  test('tells whoever waits for one of them', async () => {
    const { clock, queue, other } = scene()
    const dispatched = await queue.dispatch(other, { n: 1 })
    const waiting = queue.waitFor(dispatched)
    waiting.catch(() => undefined)
    await clock.advance(0)
    await queue.erase({ types: ['other'] })
    await expect(waiting).rejects.toSatisfy(JobNotFoundError.isInstance)
  })

  test.each([
    [{}],
    [{ types: undefined }],
    [{ type: ['mail'] }],
    [{ types: 'mail' }],
    [{ types: [7] }],
    [{ states: ['done'] }],
    [{ ids: [''] }],
    [undefined],
  ])('refuses the filter %j', async (filter) => {
    const { queue, mail, left } = scene()
    await queue.dispatch(mail, { to: 'ada' })
    await expect(queue.erase(filter as never)).rejects.toSatisfy(InvalidOptionError.isInstance)
    await expect(queue.erase({ types: ['mail'] }, { limit: 0 })).rejects.toSatisfy(InvalidOptionError.isInstance)
    expect(await left()).toHaveLength(1)
  })
})

import { StorageError, type DispatchReceipt, type NewJobRecord } from '@goplate/queue-core'
import { expect, it } from 'vitest'
import { DispatchPool } from './dispatch-pool.ts'

const job = (payload: string): NewJobRecord => ({
  ...{ type: 'alpha', queue: 'default', payload, priority: 0, maxAttempts: 3, maxCrashes: 3 },
})
const receipts = (jobs: readonly NewJobRecord[]): readonly DispatchReceipt[] =>
  jobs.map(({ payload }) => ({ id: payload, created: true }))

/** A store whose statements end when the test says so. */
function slowStore() {
  const statements: { payloads: string[]; answer(): void; fail(error: unknown): void }[] = []
  const store = (jobs: readonly NewJobRecord[]) =>
    new Promise<readonly DispatchReceipt[]>((resolve, reject) => {
      statements.push({
        payloads: jobs.map(({ payload }) => payload),
        answer: () => resolve(receipts(jobs)),
        fail: reject,
      })
    })
  return { pool: new DispatchPool(store), statements }
}
const settled = () => new Promise((resolve) => setImmediate(resolve))

it('a single call goes at once; those that come meanwhile share the next statement, each with its own receipts', async () => {
  const { pool, statements } = slowStore()
  const replies = [pool.dispatch([job('a')]), pool.dispatch([job('b'), job('c')]), pool.dispatch([job('d')])]
  expect(statements.map(({ payloads }) => payloads)).toEqual([['a']])
  statements[0]!.answer()
  await settled()
  expect(statements.map(({ payloads }) => payloads)).toEqual([['a'], ['b', 'c', 'd']])
  statements[1]!.answer()
  expect((await Promise.all(replies)).map((reply) => reply.map(({ id }) => id))).toEqual([['a'], ['b', 'c'], ['d']])
})

it('a statement takes a thousand jobs at most, but never half a call', async () => {
  const { pool, statements } = slowStore()
  const many = (count: number) => Array.from({ length: count }, () => job('x'))
  for (const count of [1, 600, 600, 1500, 1]) void pool.dispatch(many(count))
  for (let at = 0; at < 4; at++) {
    await settled()
    statements[at]!.answer()
  }
  await settled()
  expect(statements.map(({ payloads }) => payloads.length)).toEqual([1, 600, 600, 1500, 1])
  statements[4]!.answer()
})

it('calls that were joined do not fail each other', async () => {
  const refused = new StorageError('refused', 'bad')
  const pool = new DispatchPool(async (jobs) => {
    if (jobs.some(({ payload }) => payload === 'bad')) throw refused
    return receipts(jobs)
  })
  const replies = await Promise.allSettled(
    ['first', 'good', 'bad', 'fine'].map((payload) => pool.dispatch([job(payload)])),
  )
  expect(replies.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled'])
})

it('without an answer all of them fail, and none is sent a second time', async () => {
  const { pool, statements } = slowStore()
  const first = pool.dispatch([job('a')])
  const joined = [pool.dispatch([job('b')]), pool.dispatch([job('c')])]
  statements[0]!.answer()
  await first
  await settled()
  statements[1]!.fail(new StorageError('connection', 'gone'))
  for (const { status } of await Promise.allSettled(joined)) expect(status).toBe('rejected')
  expect(statements).toHaveLength(2)
})

import { describe, expect, test } from 'vitest'
import { completingScene as scene, insert } from '../../test/support/completing-scene.ts'
import { gate } from '../../test/support/worker-scene.ts'
import { StorageError } from '../errors.ts'

describe('a connection that is lost at the commit', () => {
  const lost = (): never => {
    throw new StorageError('connection', 'gone')
  }

  test('after it: the ordinary settlement is repeated, and the job is told as finished', async () => {
    const {
      work,
      table,
      scene: made,
    } = scene((context) =>
      context.complete(async (transaction) => {
        insert(transaction, 'row')
        return 'done'
      }),
    )
    table.afterCommit = lost
    const id = await made.dispatch(work)
    await made.worker().drain()
    expect(table.rows).toEqual(['row'])
    expect(await made.outcomes(id)).toEqual(['finished'])
    expect(made.of('job:finished')).toMatchObject([{ jobId: id, result: 'done' }])
    expect(made.of('job:retrying')).toEqual([])
    expect(made.clock.pending).toBe(0)
  })

  test('before it: the job is retried, also when the reply to that is lost', async () => {
    let replies = 0
    const {
      work,
      table,
      scene: made,
    } = scene((context) => context.complete(async (transaction) => insert(transaction, `attempt ${context.attempt}`)))
    table.beforeCommit = lost
    made.faults.after = (verb) => (verb === 'settle' && (replies += 1) === 1 ? lost() : undefined)
    const id = await made.dispatch(work)
    const worker = made.worker()
    await worker.start()
    await made.clock.until(() => made.of('job:retrying').length === 1)
    table.beforeCommit = () => undefined
    await made.clock.until(() => made.of('job:finished').length === 1)
    expect(table.rows).toEqual(['attempt 2'])
    expect(await made.outcomes(id)).toEqual(['retried', 'finished'])
    await worker.stop()
    expect(made.clock.pending).toBe(0)
  })
})

test('a lease that looks lost because its job was completed a moment ago is not told as lost', async () => {
  const reply = gate()
  const { work, table, scene: made } = scene((context) => context.complete(async () => 'done'))
  table.afterCommit = () => reply.promise
  const id = await made.dispatch(work)
  const worker = made.worker()
  await worker.start()
  await made.clock.advance(11_000)
  expect(await made.state(id)).toBe('finished')
  reply.resolve()
  await made.clock.advance(0)
  expect(made.of('job:finished')).toMatchObject([{ jobId: id, result: 'done' }])
  expect(made.of('job:lost')).toEqual([])
  await worker.stop()
  expect(made.clock.pending).toBe(0)
})

test('a timeout while the commit is under way: what was committed is what is told', async () => {
  const reply = gate()
  const { work, table, scene: made } = scene((context) => context.complete(async () => 'done'), { timeout: '1s' })
  table.afterCommit = () => reply.promise
  const id = await made.dispatch(work)
  const worker = made.worker()
  await worker.start()
  await made.clock.advance(7_000)
  expect(made.of('job:stuck')).toMatchObject([{ jobId: id }])
  expect(made.of('job:finished')).toMatchObject([{ jobId: id, result: 'done' }])
  expect(made.of('job:retrying')).toEqual([])
  reply.resolve()
  await made.clock.advance(0)
  expect(made.of('job:finished')).toHaveLength(1)
  await worker.stop()
  expect(made.clock.pending).toBe(0)
})

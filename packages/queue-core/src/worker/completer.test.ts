import { expect, test } from 'vitest'
import { child, completingScene as scene, insert } from '../../test/support/completing-scene.ts'
import { gate, job, WorkerScene } from '../../test/support/worker-scene.ts'
import { JobAbortedError, QueueError } from '../errors.ts'

const codesOf = (made: WorkerScene): string[] => made.of('warning').map(({ code }) => code)

test('the writes, the children and the end of the job commit together, and nothing else is settled', async () => {
  let settled = 0
  const {
    work,
    table,
    scene: made,
  } = scene((context) =>
    context.complete(async (transaction) => {
      insert(transaction, 'row')
      await context.dispatch(child, {}, { delay: '1h' })
      return { rows: 1 }
    }),
  )
  made.faults.before = (verb) => (verb === 'settle' ? (settled += 1) : undefined)
  const id = await made.dispatch(work)
  expect(await made.worker().drain()).toBe(1)
  expect(await made.queue.find(id)).toMatchObject({ state: 'finished', result: { rows: 1 } })
  expect(table.rows).toEqual(['row'])
  expect(made.of('job:finished')).toMatchObject([{ jobId: id, result: { rows: 1 } }])
  expect((await made.queue.list({ types: ['child'] })).jobs).toHaveLength(1)
  expect([settled, codesOf(made)]).toEqual([0, []])
  expect([made.database.audit(), made.clock.pending]).toEqual([[], 0])
})

test('dispatches go through the caller of the transaction while the work runs, and only then', async () => {
  const callers: object[] = []
  const { work, scene: made } = scene(async (context) => {
    await context.dispatch(child, {})
    await context.complete(async () => void context.dispatch(child, {}))
    await context.dispatch(child, {})
  })
  await made.dispatch(work)
  made.faults.before = (verb, { caller }: { caller: object }) => (verb === 'dispatch' ? callers.push(caller) : 0)
  await made.worker().drain()
  expect(callers.map((caller) => 'transaction' in caller)).toEqual([false, true, false])
})

test('what the work throws rolls back and reaches the handler, which may try again', async () => {
  const {
    work,
    table,
    scene: made,
  } = scene(async (context) => {
    const attempt = (row: string, error?: Error) =>
      context.complete(async (transaction) => {
        insert(transaction, row)
        if (error !== undefined) throw error
        return row
      })
    const error = new Error('no')
    expect(await attempt('first', error).catch((thrown: unknown) => thrown)).toBe(error)
    return attempt('second')
  })
  const id = await made.dispatch(work)
  await made.worker().drain()
  expect(await made.queue.find(id)).toMatchObject({ state: 'finished', result: 'second' })
  expect(table.rows).toEqual(['second'])
})

test('a cancel that was asked meanwhile rolls back, and the job ends as cancelled', async () => {
  let seen: unknown
  const {
    work,
    table,
    scene: made,
  } = scene(async (context) => {
    try {
      return await context.complete(async (transaction) => {
        insert(transaction, 'row')
        await made.queue.cancel(context.jobId)
      })
    } catch (error) {
      seen = error
      throw error
    }
  })
  const id = await made.dispatch(work)
  await made.worker().drain()
  expect(seen).toMatchObject({ code: 'GPQ_ABORTED', reason: 'cancelled' })
  expect(table.rows).toEqual([])
  expect(await made.queue.find(id)).toMatchObject({ state: 'cancelled' })
})

test('a claim that does not hold any more rolls back and is told as lost', async () => {
  let seen: unknown
  const {
    work,
    table,
    scene: made,
  } = scene(async (context) => {
    const now = made.clock.wall() + 60_000
    const { expired } = await made.driver.reap({ confirmed: [], now })
    await made.driver.reap({ confirmed: expired, now })
    await context.complete(async (transaction) => insert(transaction, 'row')).catch((error: unknown) => (seen = error))
    throw seen
  })
  const id = await made.dispatch(work)
  await made.worker().runOnce()
  expect(JobAbortedError.isInstance(seen) && seen.reason).toBe('lease_lost')
  expect(table.rows).toEqual([])
  expect(made.of('job:lost')).toMatchObject([{ jobId: id }])
  expect(made.of('job:finished')).toEqual([])
})

test('another value returned, an error thrown afterwards: warnings, and the job stays finished', async () => {
  const other = scene(async (context) => {
    await context.complete(async () => 'first')
    return 'second'
  })
  const id = await other.scene.dispatch(other.work)
  await other.scene.worker().drain()
  expect(await other.scene.queue.find(id)).toMatchObject({ state: 'finished', result: 'first' })
  expect(codesOf(other.scene)).toEqual(['result_not_returned'])

  const error = new Error('late')
  const thrower = scene(async (context) => {
    await context.complete(async () => undefined)
    throw error
  })
  const thrown = await thrower.scene.dispatch(thrower.work)
  await thrower.scene.worker().drain()
  expect(await thrower.scene.outcomes(thrown)).toEqual(['finished'])
  expect(codesOf(thrower.scene)).toEqual(['threw_after_complete'])
  expect(thrower.scene.errors).toEqual([error])
})

test('a second call is refused, and so is one after the attempt was decided', async () => {
  const seen: unknown[] = []
  const note = (error: unknown): void => void seen.push(QueueError.isInstance(error) ? error.code : error)
  const end = gate()
  const { work, scene: made } = scene(
    async (context) => {
      if (context.attempt === 1) {
        await end.promise
        await context.complete(async () => 'late').catch(note)
        throw new Error('late')
      }
      const first = context.complete(async () => undefined)
      await context.complete(async () => undefined).catch(note)
      await first
      await context.complete(async () => undefined).catch(note)
    },
    { timeout: '1s', retryAfter: '1s' },
  )
  const id = await made.dispatch(work)
  const worker = made.worker()
  await worker.start()
  await made.clock.until(() => made.of('job:finished').length === 1)
  end.resolve()
  await made.clock.advance(0)
  expect(seen).toEqual(['GPQ_TRANSACTION', 'GPQ_TRANSACTION', 'GPQ_TIMEOUT'])
  expect(await made.outcomes(id)).toEqual(['retried', 'finished'])
  await worker.stop()
})

test('stopping waits for the rest of a completed handler, and not for ever', async () => {
  const rest = gate()
  const { work, scene: made } = scene(async (context) => {
    await context.complete(async () => undefined)
    await rest.promise
  })
  const id = await made.dispatch(work)
  const worker = made.worker()
  await worker.start()
  await made.clock.until(() => made.of('job:finished').length === 1)
  let isStopped = false
  const stopped = worker.stop({ timeout: '10s' }).then(() => (isStopped = true))
  await made.clock.advance(9_999)
  expect(isStopped).toBe(false)
  await made.clock.advance(1_001)
  expect(isStopped).toBe(true)
  expect(made.of('job:stuck')).toMatchObject([{ jobId: id }])
  expect(await made.outcomes(id)).toEqual(['finished'])
  rest.resolve()
  await stopped
  expect(made.clock.pending).toBe(0)
})

test('without transactions it is not supported', async () => {
  const work = job((_payload, context) => context.complete(async () => undefined), { maxAttempts: 1 })
  const made = new WorkerScene([work])
  await made.dispatch(work)
  await made.worker().drain()
  expect(made.errors).toMatchObject([{ code: 'GPQ_UNSUPPORTED' }])
})

test('a snooze that the work returns commits with its writes, and the worker knows when it is due', async () => {
  const {
    work,
    table,
    scene: made,
  } = scene((context) =>
    context.complete(async (transaction) => {
      insert(transaction, `attempt ${table.rows.length}`)
      return table.rows.length === 1 ? context.snooze('3s') : 'done'
    }),
  )
  const id = await made.dispatch(work)
  const worker = made.worker({ pollInterval: '1h' })
  await worker.start()
  await made.clock.advance(3_000)
  expect(await made.outcomes(id)).toEqual(['snoozed', 'finished'])
  expect(table.rows).toEqual(['attempt 0', 'attempt 1'])
  expect(codesOf(made)).toEqual([])
  await worker.stop()
})

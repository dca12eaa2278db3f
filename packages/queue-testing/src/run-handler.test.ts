import {
  defineJob,
  InvalidPayloadError,
  PermanentError,
  type Job,
  type Middleware,
  type StandardSchemaV1,
} from '@goplate/queue-core'
import { describe, expect, it } from 'vitest'
import { runHandler } from './run-handler.ts'

const evenNumber: StandardSchemaV1<{ n: number }, { n: number; half: number }> = {
  '~standard': {
    version: 1,
    vendor: 'test',
    validate: (value) => {
      const { n } = value as { n: number }
      return n % 2 === 0 ? { value: { n, half: n / 2 } } : { issues: [{ message: 'must be even', path: ['n'] }] }
    },
  },
}

const audit = defineJob({ type: 'audit', payload: evenNumber })
const halve = defineJob({
  type: 'halve',
  payload: evenNumber,
  maxAttempts: 3,
  retryAfter: (attempt) => attempt * 1_000,
  handle: async ({ n, half }, context) => {
    if (n === 0) throw new PermanentError('nothing to halve')
    if (n === 2) return context.snooze('5m', 'too small')
    if (n === 4) return context.cancel('no fours')
    if (n === 6) throw new TypeError(`attempt ${context.attempt} of ${context.maxAttempts}`)
    if (n === 8) await context.dispatch(audit, { n })
    return half
  },
})

describe('what the handler came to', () => {
  it('finished, with its typed result and the output of the schema', async () => {
    const run = await runHandler(halve, { n: 10 })
    expect(run).toEqual({ outcome: 'finished', result: 5, dispatched: [], warnings: [] })
    if (run.outcome === 'finished') expect(run.result.toFixed(1)).toBe('5.0')
  })

  it('would be retried after its delay, and fails at its last attempt', async () => {
    expect(await runHandler(halve, { n: 6 })).toMatchObject({ outcome: 'retried', delayMs: 1_000 })
    const second = await runHandler(halve, { n: 6 }, { attempt: 2 })
    expect(second).toMatchObject({ outcome: 'retried', delayMs: 2_000, error: new TypeError('attempt 2 of 3') })
    expect(await runHandler(halve, { n: 6 }, { attempt: 3 })).toMatchObject({ outcome: 'failed', reason: 'exhausted' })
  })

  it('failed for good', async () => {
    const run = await runHandler(halve, { n: 0 })
    expect(run).toMatchObject({ outcome: 'failed', reason: 'permanent', error: { message: 'nothing to halve' } })
  })

  it('snoozed or cancelled by its own choice', async () => {
    expect(await runHandler(halve, { n: 2 })).toMatchObject({ outcome: 'snoozed', delayMs: 300_000 })
    expect(await runHandler(halve, { n: 4 })).toMatchObject({ outcome: 'cancelled', reason: 'no fours' })
  })

  it('timed out', async () => {
    const sleepy = defineJob({
      type: 'sleepy',
      timeout: 5,
      maxAttempts: 1,
      handle: (_payload: null, { signal }) =>
        new Promise((_resolve, reject) => (signal.onabort = () => reject(signal.reason as Error))),
    })
    expect(await runHandler(sleepy, null)).toMatchObject({ outcome: 'failed', reason: 'timeout' })
  })
})

it('tells what the handler dispatched, also when that job has no handler here', async () => {
  const { dispatched } = await runHandler(halve, { n: 8 }, { jobs: [audit, halve] })
  expect(dispatched).toMatchObject([{ type: 'audit', payload: { n: 8 }, state: 'pending' }])
})

it('refuses a payload that does not fit, as dispatch does', async () => {
  await expect(runHandler(halve, { n: 3 })).rejects.toBeInstanceOf(InvalidPayloadError)
})

describe('options', () => {
  const whose = defineJob({ type: 'whose', handle: (_payload: null, { meta }) => ({ ...meta }) })

  it('gives the handler its meta, and what middleware adds to it', async () => {
    expect(await runHandler(whose, null)).toMatchObject({ result: {} })
    expect(await runHandler(whose, null, { meta: { tenant: 'acme' } })).toMatchObject({ result: { tenant: 'acme' } })
    const around: string[] = []
    const trace: Middleware = {
      dispatch(draft, next) {
        draft.meta['trace'] = 't1'
        return next()
      },
      handle: ({ context }, next) => {
        around.push(`${context.type} of ${String(context.meta['tenant'])}`)
        return next()
      },
    }
    const run = await runHandler(whose, null, { meta: { tenant: 'acme' }, middleware: [trace] })
    expect(run).toMatchObject({ result: { tenant: 'acme', trace: 't1' } })
    expect(around).toEqual(['whose of acme'])
  })

  it.each([0, -1, 1.5, NaN, 32_768, '2'])('refuse %s as the attempt', async (attempt) => {
    await expect(runHandler(whose, null, { attempt: attempt as number })).rejects.toMatchObject({
      ...{ code: 'GPQ_INVALID_OPTION', option: 'attempt' },
    })
  })
})

it('runs class jobs, and tells of an outcome that was not returned', async () => {
  class Careless implements Job<{ id: number }, string> {
    readonly type = 'careless'
    readonly queue = 'own'
    handle({ id }: { id: number }, context: Parameters<Job['handle']>[1]): string {
      if (id === 1) context.snooze('1m')
      return `done ${id}`
    }
  }
  expect(await runHandler(new Careless(), { id: 2 })).toMatchObject({ outcome: 'finished', result: 'done 2' })
  const run = await runHandler(new Careless(), { id: 1 })
  expect(run.outcome).toBe('snoozed')
  expect(run.warnings).toHaveLength(1)
})

it('runs a job that is handled in batches as a batch of one', async () => {
  const index = defineJob({
    type: 'index',
    payload: evenNumber,
    maxAttempts: 1,
    async handleMany(jobs, context) {
      for (const job of jobs) if (job.payload.n === 0) job.fail(new PermanentError('nothing'))
      await context.dispatch(audit, { n: 2 })
      return jobs.map(({ payload }) => payload.half)
    },
  })
  expect(await runHandler(index, { n: 10 }, { jobs: [audit] })).toMatchObject({
    outcome: 'finished',
    result: 5,
    dispatched: [{ type: 'audit' }],
  })
  expect(await runHandler(index, { n: 0 }, { jobs: [audit] })).toMatchObject({ outcome: 'failed', reason: 'permanent' })
})

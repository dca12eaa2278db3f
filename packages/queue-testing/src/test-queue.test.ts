import { AssertionError } from 'node:assert'
import {
  defineJob,
  JobNotFinishedError,
  JobNotFoundError,
  PermanentError,
  QueueFullError,
  WaitTimeoutError,
  type Middleware,
} from '@goplate/queue-core'
import { memoryDriver } from '@goplate/queue-core/memory'
import { describe, expect, it } from 'vitest'
import { createTestQueue } from './test-queue.ts'
import { VirtualClock } from './virtual-clock.ts'

interface Email {
  readonly to: string
  readonly subject: string
}

function mailbox() {
  const sent: Email[] = []
  const sendEmail = defineJob({
    type: 'send_email',
    queue: 'mail',
    maxAttempts: 3,
    retryAfter: '30s',
    handle: async (email: Email) => {
      if (email.subject === 'refused') throw new PermanentError('550 no such user')
      if (email.subject === 'down') throw new Error('421 try again later')
      return { accepted: sent.push(email) }
    },
  })
  const welcome = defineJob({
    type: 'welcome',
    handle: async ({ name }: { name: string }, context) => {
      await context.dispatch(sendEmail, { to: name, subject: 'Welcome' }, { delay: '1m' })
    },
  })
  return { sent, sendEmail, welcome, test: createTestQueue({ jobs: [sendEmail, welcome] }) }
}

const hello = { to: 'ada@example.com', subject: 'Hello' }

describe('drain', () => {
  it('runs what is due, and nothing before it is asked to', async () => {
    const { sent, sendEmail, test } = mailbox()
    await test.queue.dispatch(sendEmail, hello)
    await test.queue.dispatch(sendEmail, { ...hello, to: 'later@example.com' }, { delay: '1h' })
    expect(sent).toEqual([])
    expect(await test.drain()).toBe(1)
    expect(sent).toEqual([hello])
    expect(await test.drain()).toBe(0)
  })

  it('runs a delayed job once the time was moved, and a retry once its wait is over', async () => {
    const { sendEmail, test } = mailbox()
    const { id } = await test.queue.dispatch(sendEmail, { ...hello, subject: 'down' }, { delay: '5m' })
    await test.advance('5m')
    expect(await test.drain()).toBe(1)
    await test.advance('29s')
    expect(await test.drain()).toBe(0)
    await test.advance('1s')
    expect(await test.drain()).toBe(1)
    await test.advance('30s')
    await test.drain()
    expect(await test.queue.find(id)).toMatchObject({ state: 'failed', attempt: 3, reason: 'exhausted' })
  })

  it('obeys pauses, which end with the virtual time', async () => {
    const { sendEmail, test } = mailbox()
    await test.queue.pause({ queue: 'mail', for: '10m', reason: 'the mail server moves' })
    const { id } = await test.queue.dispatch(sendEmail, hello)
    await test.advance('9m')
    expect(await test.drain()).toBe(0)
    expect((await test.queue.find(id))?.label).toBe('paused')
    await test.advance('1m')
    expect(await test.drain()).toBe(1)
    await test.queue.pause({ type: 'send_email' })
    await test.queue.dispatch(sendEmail, hello)
    expect(await test.drain()).toBe(0)
    await test.queue.resume({ type: 'send_email' })
    expect(await test.drain()).toBe(1)
  })

  it('fails jobs that expired in virtual time', async () => {
    const { sent, sendEmail, test } = mailbox()
    const expiresAt = new Date(test.clock.wall() + 3_600_000)
    const { id } = await test.queue.dispatch(sendEmail, hello, { expiresAt })
    await test.advance('61m')
    await test.drain()
    expect(sent).toEqual([])
    expect(await test.queue.find(id)).toMatchObject({ state: 'failed', reason: 'expired' })
  })

  it('keeps progress and log lines at the virtual time', async () => {
    const work = defineJob({
      type: 'work',
      handle: async (_payload: null, context) => {
        context.progress(40)
        context.log('half way')
      },
    })
    const test = createTestQueue({ jobs: [work] })
    const { id } = await test.queue.dispatch(work, null)
    await test.advance('1h')
    await test.drain()
    expect((await test.queue.find(id))?.progress).toBe(40)
    expect(await test.queue.lines(id)).toMatchObject([{ message: 'half way', at: new Date(test.clock.wall()) }])
  })

  it('leaves no timer behind', async () => {
    const { sendEmail, test } = mailbox()
    await test.queue.dispatch(sendEmail, hello)
    await test.drain()
    expect(test.clock.pendingTimers).toBe(0)
    await test.close()
  })
})

describe('options of the queue under test', () => {
  const whose = defineJob({
    type: 'whose',
    maxAttempts: 1,
    handle: async (_payload: null, { meta }) => Promise.reject(new Error(String(meta['tenant']))),
  })

  it('runs its middleware and tells it errors', async () => {
    const seen: unknown[] = []
    const middleware: Middleware = {
      dispatch(draft, next) {
        draft.meta['tenant'] = 'acme'
        return next()
      },
      handle(_attempt, next) {
        seen.push('around')
        return next()
      },
    }
    const onError = (error: unknown, { attempt }: { readonly attempt: number }) => void seen.push([error, attempt])
    const test = createTestQueue({ jobs: [whose], middleware: [middleware], onError })
    await test.queue.dispatch(whose, null)
    await test.drain()
    expect(seen).toEqual(['around', [new Error('acme'), 1]])
  })

  it('is full at its limit, until jobs have run and a second has passed', async () => {
    const test = createTestQueue({ jobs: [whose], maxPending: { default: 1 } })
    await test.queue.dispatch(whose, null)
    await expect(test.queue.dispatch(whose, null)).rejects.toBeInstanceOf(QueueFullError)
    await test.drain()
    await test.advance('1s')
    expect(await test.queue.dispatch(whose, null)).toMatchObject({ created: true })
  })
})

describe('dispatched', () => {
  it('lists jobs in the order of dispatch, of one definition or all', async () => {
    const { sendEmail, welcome, test } = mailbox()
    await test.queue.dispatchMany(sendEmail, [hello, { ...hello, subject: 'Again' }])
    await test.queue.dispatch(welcome, { name: 'Ada' })
    const emails = await test.dispatched(sendEmail)
    expect(emails.map(({ payload }) => payload.subject)).toEqual(['Hello', 'Again'])
    expect((await test.dispatched()).map(({ type }) => type)).toEqual(['send_email', 'send_email', 'welcome'])
  })

  it('expects a job by part of its payload and returns it', async () => {
    const { sendEmail, welcome, test } = mailbox()
    await test.queue.dispatch(welcome, { name: 'ada@example.com' })
    await test.drain()
    const email = await test.expectDispatched(sendEmail, { to: 'ada@example.com' })
    expect(email).toMatchObject({ queue: 'mail', label: 'scheduled', payload: { subject: 'Welcome' } })
    await test.expectDispatched(welcome)
    await test.expectNotDispatched(sendEmail, { subject: 'Goodbye' })
  })

  it('tells what was dispatched when the expected job is missing', async () => {
    const { sendEmail, test } = mailbox()
    await expect(test.expectDispatched(sendEmail)).rejects.toThrow('Nothing was dispatched.')
    await test.queue.dispatch(sendEmail, hello)
    const missing = test.expectDispatched(sendEmail, { subject: 'Goodbye' })
    await expect(missing).rejects.toBeInstanceOf(AssertionError)
    await expect(missing).rejects.toThrow(
      "Expected a send_email with { subject: 'Goodbye' } to be dispatched.\nDispatched were:\n" +
        "  1  send_email  pending  { to: 'ada@example.com', subject: 'Hello' }",
    )
  })

  it('tells which job was not expected', async () => {
    const { sendEmail, test } = mailbox()
    await test.queue.dispatch(sendEmail, hello)
    const unexpected = test.expectNotDispatched(sendEmail, { to: 'ada@example.com' })
    await expect(unexpected).rejects.toThrow("Expected no send_email with { to: 'ada@example.com' } to be dispatched.")
  })
})

describe('waitFor', () => {
  it('runs the job and returns its typed result', async () => {
    const { sendEmail, test } = mailbox()
    const result = await test.waitFor(await test.queue.dispatch(sendEmail, hello, { delay: '3h' }))
    expect(result.accepted).toBe(1)
    expect(test.clock.monotonic()).toBe(3 * 3_600_000)
  })

  it('goes through the retries of a job that fails', async () => {
    const { sendEmail, test } = mailbox()
    const job = await test.queue.dispatch(sendEmail, { ...hello, subject: 'down' })
    await expect(test.waitFor(job)).rejects.toBeInstanceOf(JobNotFinishedError)
    expect(test.clock.monotonic()).toBe(60_000)
  })

  it('gives up when it would take too long, or the job does not exist', async () => {
    const { sendEmail, test } = mailbox()
    const job = await test.queue.dispatch(sendEmail, hello, { delay: '2d' })
    await expect(test.waitFor(job)).rejects.toBeInstanceOf(WaitTimeoutError)
    await expect(test.waitFor({ id: '999', created: true })).rejects.toBeInstanceOf(JobNotFoundError)
    expect(await test.waitFor(job, { timeout: '3d' })).toEqual({ accepted: 1 })
  })
})

it('records every event', async () => {
  const { sendEmail, test } = mailbox()
  await test.queue.dispatch(sendEmail, { ...hello, subject: 'refused' })
  await test.drain()
  const names = test.events.map(({ name }) => name)
  expect(names.filter((name) => name.startsWith('job:'))).toEqual(['job:dispatched', 'job:started', 'job:failed'])
  expect(test.events.find(({ name }) => name === 'job:failed')?.event).toMatchObject({ reason: 'permanent' })
})

it('works with a driver and a clock that the test made', async () => {
  const clock = new VirtualClock({ start: Date.UTC(2031, 4, 1) })
  const ping = defineJob({ type: 'ping', handle: async (_payload: null) => 'pong' })
  const test = createTestQueue({ jobs: [ping], driver: memoryDriver(), clock })
  const job = await test.queue.dispatch(ping, null, { availableAt: new Date(Date.UTC(2031, 4, 2)) })
  expect(await test.drain()).toBe(0)
  expect(await test.waitFor(job)).toBe('pong')
  expect((await test.queue.find(job.id))?.endedAt).toEqual(new Date(Date.UTC(2031, 4, 2)))
})

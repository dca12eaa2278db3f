import { describe, expect, it, vi } from 'vitest'
import { InvalidPayloadError, JobAbortedError, PermanentError, TimeoutError } from '../errors.ts'
import { attemptOutcome, type AttemptBudget, type AttemptEnd } from './attempt-outcome.ts'
import { cancel, snooze } from './handler-outcome.ts'

const timeout = new TimeoutError('mail', 100)
const retryDelay = () => ({ delayMs: 250 })
const left: AttemptBudget = { attempt: 1, maxAttempts: 3, retryDelay }
const last: AttemptBudget = { attempt: 3, maxAttempts: 3, retryDelay }
const stopped = (reason: 'lease_lost' | 'cancelled' | 'shutdown') => new JobAbortedError(reason)

const returned = (value: unknown): AttemptEnd => ({ kind: 'returned', value })
const threw = (error: unknown): AttemptEnd => ({ kind: 'threw', error })
const error = expect.stringContaining('"message"') as string

const ends: Record<string, AttemptEnd> = {
  nothing: returned(undefined),
  value: returned({ ok: true }),
  snooze: returned(snooze('5m', 'later')),
  cancel: returned(cancel('no longer needed')),
  error: threw(new Error('x')),
  permanent: threw(new PermanentError('x')),
  timeout: threw(timeout),
  invalid: { kind: 'invalid_payload', error: new InvalidPayloadError('mail', []) },
  expired: { kind: 'expired' },
}
const unaffected = {
  nothing: { outcome: 'finished' },
  value: { outcome: 'finished', result: '{"ok":true}' },
  snooze: { outcome: 'snoozed', delayMs: 300_000, reason: 'later' },
  cancel: { outcome: 'cancelled', reason: 'no longer needed' },
  permanent: { outcome: 'failed', reason: 'permanent', error },
  invalid: { outcome: 'failed', reason: 'invalid_payload', error },
  expired: { outcome: 'failed', reason: 'expired' },
}
const retried = { outcome: 'retried', delayMs: 250, error }
const exhausted = { outcome: 'failed', reason: 'exhausted', error }
const timedOut = { outcome: 'failed', reason: 'timeout', error }

const abortedBy = {
  nobody: undefined,
  timeout,
  lease_lost: stopped('lease_lost'),
  shutdown: stopped('shutdown'),
  cancelled: stopped('cancelled'),
}
/** What an error and a timeout error mean: [attempts left, last attempt]. */
const afterError: Record<keyof typeof abortedBy, { error: [object, object]; timeout: [object, object] }> = {
  nobody: { error: [retried, exhausted], timeout: [retried, timedOut] },
  timeout: { error: [retried, timedOut], timeout: [retried, timedOut] },
  lease_lost: {
    error: [{ outcome: 'released' }, { outcome: 'released' }],
    timeout: [{ outcome: 'released' }, { outcome: 'released' }],
  },
  shutdown: {
    error: [{ outcome: 'released' }, { outcome: 'released' }],
    timeout: [{ outcome: 'released' }, { outcome: 'released' }],
  },
  cancelled: {
    error: [{ outcome: 'cancelled' }, { outcome: 'cancelled' }],
    timeout: [{ outcome: 'cancelled' }, { outcome: 'cancelled' }],
  },
}

describe('attemptOutcome, all combinations of end, budget and abort', () => {
  const cases = Object.keys(ends).flatMap((end) =>
    Object.keys(abortedBy).flatMap((by) => [
      { end, by: by as keyof typeof abortedBy, budget: 'left' as const },
      { end, by: by as keyof typeof abortedBy, budget: 'last' as const },
    ]),
  )

  it.each(cases)('$end, attempt $budget, stopped by $by', ({ end, by, budget }) => {
    const given = Object.freeze({ ...(budget === 'left' ? left : last), abortedBy: abortedBy[by] })
    const expected: Record<string, unknown> = {
      ...unaffected,
      error: afterError[by].error[budget === 'left' ? 0 : 1],
      timeout: afterError[by].timeout[budget === 'left' ? 0 : 1],
    }
    expect(attemptOutcome(Object.freeze(ends[end]!), given)).toEqual(expected[end])
  })
})

describe('attemptOutcome', () => {
  it('stores the timeout, not what a library made of the aborted signal', () => {
    const outcome = attemptOutcome(threw(new DOMException('aborted', 'AbortError')), { ...left, abortedBy: timeout })
    expect(JSON.parse(outcome.error ?? '')).toMatchObject({ name: 'TimeoutError', code: 'GPQ_TIMEOUT' })
  })

  it('asks the policy with attempt and error, and only when it retries', () => {
    const policy = vi.fn(retryDelay)
    const thrown = new Error('x')
    attemptOutcome(threw(thrown), { ...last, retryDelay: policy })
    attemptOutcome(returned(1), { ...left, retryDelay: policy })
    expect(policy).not.toHaveBeenCalled()
    attemptOutcome(threw(thrown), { ...left, retryDelay: policy })
    expect(policy.mock.calls).toEqual([[1, thrown]])
  })

  it("passes the policy's warning on", () => {
    const outcome = attemptOutcome(threw(1), { ...left, retryDelay: () => ({ delayMs: 1, warning: 'bad policy' }) })
    expect(outcome).toMatchObject({ outcome: 'retried', delayMs: 1, warning: 'bad policy' })
  })

  it('has one attempt when one is allowed, and none to give after a lowered limit', () => {
    expect(attemptOutcome(threw(1), { attempt: 1, maxAttempts: 1, retryDelay })).toEqual(exhausted)
    expect(attemptOutcome(threw(1), { attempt: 9, maxAttempts: 3, retryDelay })).toEqual(exhausted)
  })

  it('finishes with a warning when the result cannot be kept', () => {
    const outcome = attemptOutcome(returned({ n: 1n }), left)
    expect(outcome).toEqual({ outcome: 'finished', warning: expect.stringContaining('$.n') as string })
  })

  it('cleans reasons', () => {
    expect(attemptOutcome(returned(cancel('a\0b')), left).reason).toBe('a\ufffdb')
    expect(attemptOutcome(returned(cancel('x'.repeat(5_000))), left).reason).toHaveLength(1_024)
    expect(attemptOutcome(returned(snooze(1)), left)).toEqual({ outcome: 'snoozed', delayMs: 1 })
  })

  it('survives a returned proxy that throws', () => {
    const hostile = new Proxy({}, { has: () => raise(new Error('no')), ownKeys: () => raise(new Error('no')) })
    expect(attemptOutcome(returned(hostile), left)).toMatchObject({
      outcome: 'finished',
      warning: expect.stringContaining('cannot be stored') as string,
    })
  })

  it('knows outcomes and errors of a second installed copy of the package', async () => {
    vi.resetModules()
    const copy = await import('./handler-outcome.ts')
    const errors = await import('../errors.ts')
    expect(copy.snooze).not.toBe(snooze)
    expect(attemptOutcome(returned(copy.snooze('1s')), left)).toEqual({ outcome: 'snoozed', delayMs: 1_000 })
    expect(attemptOutcome(threw(new errors.PermanentError('x')), left).reason).toBe('permanent')
  })
})

function raise(thrown: unknown): never {
  throw thrown
}

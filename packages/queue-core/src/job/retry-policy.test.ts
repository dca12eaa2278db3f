import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Duration } from '../duration.ts'
import { InvalidOptionError } from '../errors.ts'
import type { Random } from '../random.ts'
import { constant, defaultRetryPolicy, exponential, retryDelay, type RetryAfter } from './retry-policy.ts'

const year = 365 * 86_400_000
const random = (number: number): Random => ({ number: () => number, bytes: (length) => new Uint8Array(length) })
const delayOf = (retryAfter: RetryAfter, attempt: number, drawn = 0.5) =>
  retryDelay(retryAfter, attempt, { error: new Error('x'), random: random(drawn) })

describe('exponential', () => {
  it('doubles from its base and stops at its max', () => {
    const policy = exponential({ base: '30s', max: '10m' })
    const delays = [1, 2, 3, 4, 5, 6, 7, 100, 10_000].map((attempt) => delayOf(policy, attempt).delayMs / 1_000)
    expect(delays).toEqual([30, 60, 120, 240, 480, 600, 600, 600, 600])
  })

  it('takes another factor', () => {
    const policy = exponential({ base: 100, max: '1h', factor: 10 })
    expect([1, 2, 3].map((attempt) => delayOf(policy, attempt).delayMs)).toEqual([100, 1_000, 10_000])
    expect(delayOf(exponential({ base: 100, max: '1h', factor: 1 }), 50).delayMs).toBe(100)
  })

  it('spreads the wait as asked, with the random number it is given', () => {
    const withJitter = (jitter: 'none' | 'full' | 'equal', drawn: number) =>
      delayOf(exponential({ base: '10s', max: '1m', jitter }), 2, drawn).delayMs
    expect([0, 0.25, 0.999_999].map((drawn) => withJitter('full', drawn))).toEqual([0, 5_000, 20_000])
    expect([0, 0.5, 0.999_999].map((drawn) => withJitter('equal', drawn))).toEqual([10_000, 15_000, 20_000])
    expect([0, 0.5].map((drawn) => withJitter('none', drawn))).toEqual([20_000, 20_000])
  })

  it.each([
    [{ base: 0, max: '1m' }, 'exponential.base'],
    [{ base: 'soon', max: '1m' }, 'exponential.base'],
    [{ base: '1m', max: '1s' }, 'exponential.max'],
    [{ base: '1m', max: NaN }, 'exponential.max'],
    [{ base: '1s', max: '1m', factor: 0.5 }, 'exponential.factor'],
    [{ base: '1s', max: '1m', factor: NaN }, 'exponential.factor'],
    [{ base: '1s', max: '1m', factor: Infinity }, 'exponential.factor'],
    [{ base: '1s', max: '1m', jitter: 'some' }, 'exponential.jitter'],
  ])('refuses %j', (options, option) => {
    expect(() => exponential(options as Parameters<typeof exponential>[0])).toThrow(
      expect.objectContaining({ code: 'GPQ_INVALID_OPTION', option }) as Error,
    )
  })
})

describe('constant', () => {
  it('always waits the same', () => {
    expect([1, 2, 50].map((attempt) => delayOf(constant('1m'), attempt).delayMs)).toEqual([60_000, 60_000, 60_000])
  })
  it('refuses what is no duration', () => {
    expect(() => constant('later' as Duration)).toThrow(InvalidOptionError)
  })
})

describe('the default policy', () => {
  it('doubles from one second to one hour, with full jitter', () => {
    const most = [1, 2, 3, 12, 13, 10_000].map((attempt) => delayOf(defaultRetryPolicy, attempt, 0.999_999_999).delayMs)
    expect(most).toEqual([1_000, 2_000, 4_000, 2_048_000, 3_600_000, 3_600_000])
    expect(delayOf(defaultRetryPolicy, 5, 0).delayMs).toBe(0)
  })
})

describe('retryDelay', () => {
  it('takes durations, policies and functions', () => {
    expect(delayOf('30s', 3)).toEqual({ delayMs: 30_000 })
    expect(delayOf(500, 3)).toEqual({ delayMs: 500 })
    expect(delayOf((attempt) => `${attempt}m`, 3)).toEqual({ delayMs: 180_000 })
    expect(delayOf({ delayAfter: (attempt) => attempt * 1_000 }, 3)).toEqual({ delayMs: 3_000 })
  })

  it('hands the error over', () => {
    const error = new TypeError('x')
    const byError: RetryAfter = (_attempt, thrown) => (thrown === error ? '1s' : '1h')
    expect(retryDelay(byError, 1, { error, random: random(0) }).delayMs).toBe(1_000)
  })

  it.each<[string, unknown]>([
    ['longer than a year', year + 1],
    ['Infinity', Infinity],
    ['years in days', '400000d'],
  ])('cuts at a year: %s', (_what, delay) => {
    expect(delayOf(() => delay as Duration, 1)).toEqual({ delayMs: year })
  })

  it.each<[string, RetryAfter]>([
    ['NaN', () => NaN],
    ['negative', () => -1],
    ['a unit that is none', () => '5 parsecs' as Duration],
    ['undefined', (() => undefined) as never],
    ['a promise', (async () => 5) as never],
    ['thrown', () => raise(new Error('bad policy'))],
    ['a policy that throws', { delayAfter: () => raise(undefined) }],
    ['null', null as never],
    ['no policy at all', {} as never],
  ])('replaces a bad policy by the default, with a warning: %s', (_what, retryAfter) => {
    const { delayMs, warning } = delayOf(retryAfter, 3, 0.5)
    expect(delayMs).toBe(2_000)
    expect(warning).toMatch(/the default policy is used$/)
  })

  it('gives whole milliseconds from nothing to a year, whatever the policy does', () => {
    const policy = fc.oneof(
      fc.anything(),
      fc.func(fc.anything()),
      fc.record({
        delayAfter: fc.oneof(fc.func(fc.oneof(fc.double(), fc.anything())), fc.anything()),
        jitter: fc.anything(),
      }),
    )
    fc.assert(
      fc.property(
        policy,
        fc.integer({ min: 1, max: 40_000 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (given, attempt, drawn) => {
          const { delayMs } = delayOf(given as RetryAfter, attempt, drawn)
          return Number.isInteger(delayMs) && delayMs >= 0 && delayMs <= year
        },
      ),
      { numRuns: 1_000 },
    )
  })
})

function raise(error: unknown): never {
  throw error
}

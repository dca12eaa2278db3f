import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Duration } from '../duration.ts'
import { InvalidOptionError } from '../errors.ts'
import { cancel, isSnooze, readOutcome, snooze } from './handler-outcome.ts'

describe('handler outcomes', () => {
  it('are read back from what a handler returned', () => {
    const later = readOutcome(snooze('5m', 'busy'))
    expect(later && isSnooze(later)).toBe(true)
    expect(later).toMatchObject({ delayMs: 300_000, reason: 'busy' })
    const never = readOutcome(cancel('gone'))
    expect(never && isSnooze(never)).toBe(false)
  })

  it('refuse a delay that is no duration where it is written', () => {
    expect(() => snooze('later' as Duration)).toThrow(InvalidOptionError)
  })

  it('are never seen in other values', () => {
    fc.assert(fc.property(fc.anything(), (value) => readOutcome(value) === undefined))
  })
})

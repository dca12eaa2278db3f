import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { durationMs, parseDuration } from './duration.ts'
import { InvalidOptionError } from './errors.ts'

describe('parseDuration', () => {
  it.each([
    [0, 0],
    [500, 500],
    ['500ms', 500],
    ['30s', 30_000],
    ['5m', 300_000],
    ['2h', 7_200_000],
    ['1d', 86_400_000],
    ['1.5h', 5_400_000],
    ['500', 500],
    ['0s', 0],
    ['36525d', 36_525 * 86_400_000],
  ])('reads %j as %d ms', (text, ms) => {
    expect(parseDuration(text, 'delay')).toBe(ms)
  })

  it.each([[0.2], ['0.2ms'], ['0.0001s']])('rounds %j up to a millisecond', (value) => {
    expect(parseDuration(value, 'delay')).toBe(1)
  })

  it.each([
    ['4.35s', 4_350],
    ['1.1m', 66_000],
    ['4.03s', 4_030],
    ['16.10s', 16_100],
    ['8.2s', 8_200],
  ])('does not round binary noise up: %s', (text, ms) => {
    expect(parseDuration(text, 'delay')).toBe(ms)
  })

  it.each<[unknown]>([
    [-1],
    [NaN],
    [Infinity],
    ['-5s'],
    ['s'],
    [''],
    [' 5s'],
    ['5s '],
    ['5 s'],
    ['1e3s'],
    ['5M'],
    ['5w'],
    ['0x10s'],
    ['30 seconds'],
    ['36525.1d'],
    [null],
    [undefined],
    [true],
    [{}],
    [[]],
    [() => 1],
    [Symbol('s')],
    [5n],
  ])('refuses %s and names the option', (value) => {
    const parse = (): number => parseDuration(value, 'jobs.mail.timeout')
    expect(parse).toThrow(InvalidOptionError)
    expect(parse).toThrow(/^jobs\.mail\.timeout: /)
  })

  it('gives whole milliseconds or throws InvalidOptionError, whatever it is given', () => {
    fc.assert(
      fc.property(fc.oneof(fc.anything(), fc.string(), fc.double(), unitText()), (value) => {
        try {
          const ms = parseDuration(value, 'delay')
          return Number.isSafeInteger(ms) && ms >= 0
        } catch (error) {
          return InvalidOptionError.isInstance(error)
        }
      }),
    )
  })

  it('keeps the order of amounts with one unit', () => {
    const amount = fc.integer({ min: 0, max: 36_525 })
    const unit = fc.constantFrom('ms', 's', 'm', 'h', 'd')
    fc.assert(
      fc.property(amount, amount, unit, (a, b, u) => {
        return Math.sign(a - b) === Math.sign(parseDuration(`${a}${u}`, 'a') - parseDuration(`${b}${u}`, 'b'))
      }),
    )
  })
})

describe('durationMs', () => {
  it('answers undefined instead of throwing, and knows no upper bound', () => {
    expect(durationMs('soon')).toBeUndefined()
    expect(durationMs(-1)).toBeUndefined()
    expect(durationMs(NaN)).toBeUndefined()
    expect(durationMs(Infinity)).toBe(Infinity)
  })
})

function unitText(): fc.Arbitrary<string> {
  return fc
    .tuple(fc.double(), fc.constantFrom('ms', 's', 'm', 'h', 'd', 'w'))
    .map(([amount, unit]) => `${amount}${unit}`)
}

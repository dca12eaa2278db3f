import fc from 'fast-check'
import { deepStrictEqual } from 'node:assert'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { failureOf, raise } from '../../test/support/failure-of.ts'
import { hostileText, nested } from '../../test/support/hostile-values.ts'
import { InvalidPayloadError, PayloadTooLargeError } from '../errors.ts'
import { decodeJson, encodePayload } from './encode-json.ts'
import { maxDepth } from './json-writer.ts'

describe('what round-trips', () => {
  it.each([
    [null],
    [true],
    [''],
    ['Grüße, "quoted" \\ \n\t\u0001\u007f\u2028 😀'],
    [0],
    [-0],
    [1e21],
    [5e-324],
    [Number.MAX_VALUE],
    [2 ** 53 + 2],
    [[]],
    [{}],
    [[[], {}, [null]]],
    [{ a: { b: [1, 'x', false, null] }, '': 1, 'a.b': 2, toJSON: 'text', toString: 1, hasOwnProperty: true }],
  ])('%j', (value) => {
    deepStrictEqual(decodeJson(encodePayload('mail', value)), value)
  })

  it('writes the very text of JSON.stringify where that keeps the value', () => {
    const keeps = fc.jsonValue({ noUnicodeString: false }).filter((value) => storable(value))
    fc.assert(
      fc.property(keeps, (value) => {
        fc.pre(
          !JSON.stringify(value, (_key, item: unknown) => (Object.is(item, -0) ? 'minus' : item)).includes('minus'),
        )
        return encodePayload('mail', value) === JSON.stringify(value)
      }),
    )
  })

  it('leaves out properties that are undefined', () => {
    expect(encodePayload('mail', { a: undefined, b: 1, c: undefined })).toBe('{"b":1}')
  })

  it('takes objects without a prototype and of another realm', () => {
    expect(encodePayload('mail', Object.assign(Object.create(null) as object, { a: 1 }))).toBe('{"a":1}')
    expect(encodePayload('mail', runInNewContext('({ a: [1, { b: 2 }] })'))).toBe('{"a":[1,{"b":2}]}')
  })

  it('takes one object in several places', () => {
    const shared = { n: 1 }
    expect(encodePayload('mail', { a: shared, b: [shared, shared] })).toBe('{"a":{"n":1},"b":[{"n":1},{"n":1}]}')
  })

  it('reads every property once', () => {
    let reads = 0
    const value = {
      get n() {
        return (reads += 1)
      },
    }
    expect(encodePayload('mail', value)).toBe('{"n":1}')
    expect(reads).toBe(1)
  })

  it(`takes ${maxDepth} levels`, () => {
    expect(encodePayload('mail', nested(maxDepth))).toHaveLength(maxDepth * 2)
  })
})

describe('encodePayload, whatever it is given', () => {
  it('round-trips or throws a typed error', () => {
    const anything = fc.anything({
      withBigInt: true,
      withBoxedValues: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withNullPrototype: true,
      withObjectString: true,
      withSparseArray: true,
      withTypedArray: true,
      withUnicodeString: false,
    })
    let kept = 0
    fc.assert(
      fc.property(fc.oneof(anything, fc.jsonValue(), hostileText()), (value) => {
        try {
          deepStrictEqual(decodeJson(encodePayload('mail', value)), comparable(value))
          kept += 1
        } catch (error) {
          if (!InvalidPayloadError.isInstance(error)) throw error
        }
      }),
      { numRuns: 2_000 },
    )
    expect(kept).toBeGreaterThan(200)
  })

  it('survives proxies that lie and throw', () => {
    const trap = fc.constantFrom('get', 'ownKeys', 'getPrototypeOf', 'getOwnPropertyDescriptor', 'has')
    fc.assert(
      fc.property(trap, fc.anything(), fc.boolean(), (name, answer, throws) => {
        const proxy = new Proxy({ a: { b: 1 } }, { [name]: () => (throws ? raise(answer) : answer) })
        const error = failureOf(() => encodePayload('mail', { proxy }))
        return error === undefined || InvalidPayloadError.isInstance(error) || PayloadTooLargeError.isInstance(error)
      }),
    )
  })
})

/** What must come back: the value without its undefined properties and with ordinary prototypes. */
function comparable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(comparable)
  if (typeof value !== 'object' || value === null) return value
  const kept = Object.entries(value).filter(([, item]) => item !== undefined)
  return Object.fromEntries(kept.map(([key, item]) => [key, comparable(item)]))
}

function storable(value: unknown): boolean {
  return failureOf(() => encodePayload('mail', value)) === undefined
}

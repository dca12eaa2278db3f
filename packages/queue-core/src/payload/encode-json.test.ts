import fc from 'fast-check'
import { deepStrictEqual } from 'node:assert'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { InvalidPayloadError, PayloadTooLargeError } from '../errors.ts'
import { decodeJson, encodeMeta, encodePayload, encodeResult, maxMetaBytes, maxPayloadBytes } from './encode-json.ts'
import { maxDepth } from './json-writer.ts'

const lone = String.fromCharCode(0xd800)
const loneLow = String.fromCharCode(0xdc00)

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

describe('what is refused, with its path', () => {
  class Account {
    id = 1
  }
  const cycle: Record<string, unknown> = { list: [] }
  ;(cycle['list'] as unknown[]).push(cycle)
  const branching: Record<string, unknown> = {}
  branching['a'] = branching['b'] = branching
  const sparse = Object.assign([1], { 2: 3 })
  const throwing = new Proxy({ a: 1 }, { ownKeys: () => raise(new Error('no keys')) })
  const hiddenProperty = Object.defineProperty({ a: 1 }, 'b', { value: 2 })
  const bare = Object.assign(Object.create(null) as object, { a: 1 })
  const inherited: unknown = Object.create({ a: 1 })
  const revoked = Proxy.revocable({}, {})
  revoked.revoke()

  it.each<[string, unknown, string]>([
    ['undefined', undefined, '$'],
    ['undefined in an array', { a: [1, undefined] }, '$.a[1]'],
    ['NaN', { a: NaN }, '$.a'],
    ['Infinity', [[Infinity]], '$[0][0]'],
    ['-Infinity', -Infinity, '$'],
    ['a bigint', { a: 1n }, '$.a'],
    ['a symbol', { a: Symbol('s') }, '$.a'],
    ['a function', { a: () => 1 }, '$.a'],
    ['a method toJSON', { toJSON: () => 1 }, '$.toJSON'],
    ['a Date', { at: new Date(0) }, '$.at'],
    ['an invalid Date', { at: new Date(NaN) }, '$.at'],
    ['a Map', new Map([[1, 2]]), '$'],
    ['a Set', { 'the tags': new Set() }, '$["the tags"]'],
    ['a Buffer', Buffer.from('x'), '$'],
    ['a typed array', [new Uint8Array(2)], '$[0]'],
    ['an ArrayBuffer', new ArrayBuffer(2), '$'],
    ['a RegExp', /x/, '$'],
    ['an Error', new Error('x'), '$'],
    ['a class instance', { account: new Account() }, '$.account'],
    ['an array of a class', [new (class Names extends Array<string> {})()], '$[0]'],
    ['a boxed number', Object(1), '$'],
    ['a boxed string', Object('x'), '$'],
    ['arguments', argumentsOf(1), '$'],
    ['an object that inherits', inherited, '$'],
    ['an object that inherits from a bare one', Object.create(bare), '$'],
    ['a sparse array', { sparse }, '$.sparse[1]'],
    ['an array with a property', Object.assign([1], { more: 1 }), '$'],
    ['an array with a symbol', Object.assign([1], { [Symbol('s')]: 1 }), '$'],
    ['a symbol key', { [Symbol('s')]: 1 }, '$'],
    ['a hidden property', { deep: hiddenProperty }, '$.deep'],
    ['a cycle', cycle, '$.list[0]'],
    ['a cycle with branches', branching, '$.b'],
    [
      'a throwing getter',
      {
        a: {
          get b() {
            return raise(new Error('no'))
          },
        },
      },
      '$.a.b',
    ],
    ['a throwing proxy', { a: throwing }, '$.a'],
    ['a revoked proxy', { a: revoked.proxy }, '$.a'],
    ['NUL in a value', { a: 'x\0y' }, '$.a'],
    ['NUL in a key', { 'x\0y': 1 }, '$["x\\u0000y"]'],
    ['a lone surrogate', { a: `x${lone}` }, '$.a'],
    ['a lone low surrogate', [`${loneLow}x`], '$[0]'],
    ['surrogates in the wrong order', [loneLow + lone], '$[0]'],
    ['a lone surrogate in a key', { [lone]: 1 }, '$["\\ud800"]'],
    ['__proto__', JSON.parse('{"a":{"__proto__":{"polluted":true}}}'), '$.a.__proto__'],
    ['constructor', { constructor: 1 }, '$.constructor'],
    ['prototype', { a: [{ prototype: {} }] }, '$.a[0].prototype'],
  ])('%s', (_what, value, path) => {
    const error = failureOf(() => encodePayload('mail', value))
    expect(error).toBeInstanceOf(InvalidPayloadError)
    expect((error as InvalidPayloadError).type).toBe('mail')
    expect((error as InvalidPayloadError).issues).toEqual([{ path, message: expect.any(String) as string }])
  })

  it('keeps what a getter threw as the cause', () => {
    const cause = new Error('no')
    const error = failureOf(() =>
      encodePayload('mail', {
        get a() {
          return raise(cause)
        },
      }),
    )
    expect((error as Error).cause).toBe(cause)
  })

  it('pollutes nothing', () => {
    failureOf(() => encodePayload('mail', JSON.parse('{"__proto__":{"polluted":true}}')))
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
  })

  it.each([maxDepth + 1, 9_000])('%d levels, without overflowing the stack', (levels) => {
    const error = failureOf(() => encodePayload('mail', nested(levels)))
    expect((error as InvalidPayloadError).issues[0]?.message).toContain('nested deeper')
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

describe('the limit', () => {
  it.each([
    ['ASCII', 'x'.repeat(maxPayloadBytes - 2)],
    ['three bytes a character', '€'.repeat((maxPayloadBytes - 4) / 3) + 'xx'],
    ['four bytes a character', '😀'.repeat((maxPayloadBytes - 4) / 4) + 'xx'],
  ])('is %s to the byte', (_what, text) => {
    expect(Buffer.byteLength(encodePayload('mail', text))).toBe(maxPayloadBytes)
    const error = failureOf(() => encodePayload('mail', `${text}x`)) as PayloadTooLargeError
    expect(error).toBeInstanceOf(PayloadTooLargeError)
    expect(error).toMatchObject({ type: 'mail', bytes: maxPayloadBytes + 1, limit: maxPayloadBytes })
  })

  it('takes as many values as fit, and gives up on more before it writes them', () => {
    const most = Array.from({ length: maxPayloadBytes / 2 }, () => 0)
    expect(encodePayload('mail', most.slice(1))).toHaveLength(maxPayloadBytes - 1)
    const error = failureOf(() => encodePayload('mail', [...most, 0]))
    expect(error).toMatchObject({ code: 'GPQ_PAYLOAD_TOO_LARGE', bytes: undefined })
  })

  it('ends a small value that unfolds without end', () => {
    let value: object = {}
    for (let level = 0; level < maxDepth - 1; level += 1) value = { a: value, b: value }
    expect(failureOf(() => encodePayload('mail', value))).toBeInstanceOf(PayloadTooLargeError)
  })

  it('gives up on long texts without writing them to the end', () => {
    const text = 'x'.repeat(maxPayloadBytes)
    const error = failureOf(() =>
      encodePayload(
        'mail',
        Array.from({ length: 1_000 }, () => text),
      ),
    )
    expect(error).toMatchObject({ code: 'GPQ_PAYLOAD_TOO_LARGE', bytes: undefined })
  })
})

describe('encodeMeta', () => {
  it('takes a JSON object', () => {
    expect(encodeMeta('mail', { trace: { id: 'x' } })).toBe('{"trace":{"id":"x"}}')
  })

  it.each([[[]], ['x'], [null], [1]])('refuses %j', (meta) => {
    expect(() => encodeMeta('mail', meta)).toThrow(InvalidPayloadError)
  })

  it('says that it is about meta', () => {
    const error = failureOf(() => encodeMeta('mail', { a: NaN })) as InvalidPayloadError
    expect(error.issues[0]?.path).toBe('meta.a')
  })

  it('has a limit of its own', () => {
    const error = failureOf(() => encodeMeta('mail', { a: 'x'.repeat(maxMetaBytes) }))
    expect(error).toMatchObject({ code: 'GPQ_PAYLOAD_TOO_LARGE', limit: maxMetaBytes })
  })
})

describe('encodeResult', () => {
  it('keeps JSON, and nothing for nothing', () => {
    expect(encodeResult({ ok: true })).toEqual({ text: '{"ok":true}' })
    expect(encodeResult(undefined)).toEqual({ text: undefined })
    expect(encodeResult(null)).toEqual({ text: 'null' })
  })

  it('drops what cannot be kept and says why', () => {
    expect(encodeResult({ n: 1n })).toEqual({
      text: undefined,
      problem: 'the result cannot be stored: $.n: a bigint is not JSON',
    })
    expect(encodeResult('x'.repeat(maxPayloadBytes)).problem).toContain('larger than 262144 bytes')
    expect(encodeResult([new Date(0)]).text).toBeUndefined()
  })

  it('never throws', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        const { text, problem } = encodeResult(value)
        return text === undefined ? value === undefined || problem !== undefined : problem === undefined
      }),
    )
  })
})

describe('decodeJson', () => {
  it('throws SyntaxError on damaged text', () => {
    expect(() => decodeJson('{"a":')).toThrow(SyntaxError)
  })
})

function nested(levels: number): unknown {
  let value: unknown[] = []
  for (let level = 1; level < levels; level += 1) value = [value]
  return value
}

function failureOf(run: () => unknown): unknown {
  try {
    run()
    return undefined
  } catch (error) {
    return error
  }
}

function raise(error: unknown): never {
  throw error
}

function argumentsOf(..._values: unknown[]): unknown {
  return (function () {
    // eslint-disable-next-line prefer-rest-params
    return arguments
  })()
}

function hostileText(): fc.Arbitrary<unknown> {
  const piece = fc.constantFrom('\0', lone, loneLow, '😀', '"', '\\', 'a', '__proto__', 'constructor', '\u2028')
  const text = fc.array(piece, { maxLength: 4 }).map((pieces) => pieces.join(''))
  return fc.dictionary(text, fc.oneof(text, fc.constantFrom(undefined, -0, NaN)))
}

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

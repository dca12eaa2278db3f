import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { StorageError } from '../errors.ts'
import { describeError, encodeError } from './describe-error.ts'

const bytes = (text: string | undefined): number => Buffer.byteLength(text ?? '')

describe('describeError', () => {
  it('keeps name, message, code, stack and causes', () => {
    const cause = Object.assign(new TypeError('refused'), { code: 'ECONNREFUSED' })
    const described = describeError(new StorageError('connection', 'no database', { cause }))
    expect(described).toMatchObject({
      name: 'StorageError',
      code: 'GPQ_STORAGE',
      message: 'no database',
      cause: { name: 'TypeError', code: 'ECONNREFUSED', message: 'refused' },
    })
    expect(described.stack).toContain('describe-error.test.ts')
  })

  it('keeps numbers as codes', () => {
    expect(describeError({ message: 'bad gateway', code: 502 })).toEqual({
      name: 'Object',
      message: 'bad gateway',
      code: '502',
    })
  })

  it('keeps the first parts of an AggregateError', () => {
    const parts = Array.from({ length: 100 }, (_, index) => new Error(`part ${index}`))
    const { errors } = describeError(new AggregateError(parts, 'all failed'))
    expect(errors?.map((part) => part.message)).toEqual(['part 0', 'part 1', 'part 2', 'part 3'])
  })

  it.each<[string, unknown, string, string]>([
    ['undefined', undefined, 'undefined', 'undefined'],
    ['null', null, 'null', 'null'],
    ['a string', 'just text', 'string', 'just text'],
    ['a number', 42, 'number', '42'],
    ['a bigint', 10n, 'bigint', '10'],
    ['a symbol', Symbol('s'), 'symbol', 'Symbol(s)'],
    ['a function', () => 1, 'function', 'a function was thrown'],
    ['an object', { reason: 'x' }, 'Object', '{"reason":"x"}'],
    ['an object without prototype', Object.create(null), 'object', '{}'],
    ['an array', [1, 2], 'Array', '[1,2]'],
    ['an error without a message', new RangeError(), 'RangeError', ''],
  ])('reads %s', (_what, thrown, name, message) => {
    expect(describeError(thrown)).toMatchObject({ name, message })
  })

  it('survives hostile objects', () => {
    const trap = () => {
      throw new Error('trapped')
    }
    const hostile = new Proxy(new Error('x'), { get: trap, has: trap, getPrototypeOf: trap, ownKeys: trap })
    const revoked = Proxy.revocable({}, {})
    revoked.revoke()
    const getters = Object.defineProperties(new Error('x'), {
      name: { get: trap },
      stack: { get: trap },
      cause: { get: trap },
    })
    for (const thrown of [hostile, revoked.proxy, { message: 1, name: {}, toJSON: trap, cause: hostile }]) {
      expect(describeError(thrown).message).toBe('a thrown object that cannot be read')
    }
    expect(describeError(getters)).toEqual({ name: 'Error', message: 'x' })
  })

  it('bounds everything', () => {
    const long = 'é'.repeat(5_000_000)
    const error = Object.assign(new Error(long), { name: long, stack: long, code: long })
    Object.assign(error, { cause: Object.assign(new Error(long), { stack: long }) })
    const { name, message, stack, code, cause } = describeError(error)
    expect(bytes(message)).toBe(8 * 1024)
    expect(bytes(stack)).toBe(32 * 1024)
    expect([bytes(name), bytes(code)]).toEqual([128, 128])
    expect([bytes(cause?.message), bytes(cause?.stack)]).toEqual([2 * 1024, 8 * 1024])
  })

  it('ends chains and circles of causes', () => {
    let chain = new Error('last')
    for (let depth = 0; depth < 1_000; depth += 1) chain = new Error('before', { cause: chain })
    const circle = new Error('circle')
    circle.cause = new Error('and back', { cause: circle })
    let nested: Error = new AggregateError([])
    for (let depth = 0; depth < 1_000; depth += 1) nested = new AggregateError([nested, nested, nested])
    expect(countOf(describeError(chain))).toBe(8)
    expect(countOf(describeError(circle))).toBe(2)
    expect(countOf(describeError(nested))).toBeLessThanOrEqual(8)
  })

  it('cleans what databases and terminals cannot bear', () => {
    const message = 'a\0b\u001b[31mred\u001b[0m c\u0007 \ud800 \r\n\ttab 😀'
    expect(describeError(new Error(message)).message).toBe('a\ufffdbred c\ufffd \ufffd \n\ttab 😀')
  })

  it('leaves no half of a pair where it cuts', () => {
    const { message } = describeError(new Error('😀'.repeat(8_000)))
    expect(bytes(message)).toBe(8 * 1024)
    expect(/[\ud800-\udfff]/u.test(message)).toBe(false)
  })
})

describe('encodeError', () => {
  it('gives bounded, storable JSON, whatever was thrown', () => {
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('\0', '\ud800', '\u001b[1m'))
    const errorLike = fc.record(
      {
        name: fc.anything(),
        message: fc.oneof(text, fc.anything()),
        stack: text,
        code: fc.anything(),
        cause: fc.anything(),
        errors: fc.anything(),
      },
      { requiredKeys: [] },
    )
    const anything = fc.anything({
      withBigInt: true,
      withNullPrototype: true,
      withSparseArray: true,
      withObjectString: true,
    })
    fc.assert(
      fc.property(
        fc.oneof(
          anything,
          errorLike,
          errorLike.map((fields) => Object.assign(new Error('x'), fields)),
        ),
        (thrown) => {
          const json = encodeError(thrown)
          const strings: string[] = []
          const { name, message } = JSON.parse(json, (_key, value: unknown) => {
            if (typeof value === 'string') strings.push(value)
            return value
          }) as { name: unknown; message: unknown }
          expect([typeof name, typeof message]).toEqual(['string', 'string'])
          expect(bytes(json)).toBeLessThan(200_000)
          // eslint-disable-next-line no-control-regex
          expect(strings.filter((value) => /[\0\u001b\ud800-\udfff]/u.test(value))).toEqual([])
        },
      ),
      { numRuns: 1_000 },
    )
  })
})

interface Described {
  readonly cause?: Described
  readonly errors?: readonly Described[]
}

function countOf(error: Described | undefined): number {
  if (error === undefined) return 0
  return 1 + countOf(error.cause) + (error.errors ?? []).reduce((sum, part) => sum + countOf(part), 0)
}

import { describe, expect, it } from 'vitest'
import { failureOf, raise } from '../../test/support/failure-of.ts'
import { lone, loneLow, nested } from '../../test/support/hostile-values.ts'
import { InvalidPayloadError } from '../errors.ts'
import { encodePayload } from './encode-json.ts'
import { maxDepth } from './json-writer.ts'

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

function argumentsOf(..._values: unknown[]): unknown {
  return (function () {
    // eslint-disable-next-line prefer-rest-params
    return arguments
  })()
}

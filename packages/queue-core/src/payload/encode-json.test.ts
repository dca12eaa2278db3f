import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { failureOf } from '../../test/support/failure-of.ts'
import { InvalidPayloadError, PayloadTooLargeError } from '../errors.ts'
import { decodeJson, encodeMeta, encodePayload, encodeResult, maxMetaBytes, maxPayloadBytes } from './encode-json.ts'
import { maxDepth } from './json-writer.ts'

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

  it('lists more names than fit once, and reads none of them', () => {
    let listed = 0
    let read = 0
    const names = Array.from({ length: 200_000 }, (_, index) => `name ${index}`)
    const many = new Proxy(Object.fromEntries(names.map((name) => [name, 0])), {
      ownKeys(target) {
        listed += 1
        return Reflect.ownKeys(target)
      },
      get: () => (read += 1),
    })
    expect(failureOf(() => encodePayload('mail', many))).toMatchObject({ code: 'GPQ_PAYLOAD_TOO_LARGE' })
    expect([listed, read]).toEqual([1, 0])
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

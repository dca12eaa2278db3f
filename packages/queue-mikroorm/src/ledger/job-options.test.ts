import fc from 'fast-check'
import { expect, it } from 'vitest'
import { decodeOptions, encodeOptions, maxCrashesOf } from './job-options.ts'

const asked = { type: 'alpha', queue: 'default', payload: '{}', priority: 0, maxAttempts: 3 }

it('what was asked comes back to the character, meta as the text it was', () => {
  const options = fc.record(
    { tags: fc.array(fc.string()), meta: fc.json(), uniqueKey: fc.string() },
    { requiredKeys: [] },
  )
  fc.assert(
    fc.property(options, fc.nat(), ({ uniqueKey, ...rest }, maxCrashes) => {
      const unique = uniqueKey === undefined ? {} : { unique: { key: uniqueKey, onConflict: 'return' as const } }
      const text = encodeOptions({ ...asked, maxCrashes, ...rest, ...unique })
      expect(maxCrashesOf(text)).toBe(maxCrashes)
      const { maxCrashes: _own, ...read } = decodeOptions(text)
      expect(read).toEqual({ ...rest, ...(uniqueKey !== undefined && { uniqueKey }) })
    }),
  )
})

it('whatever a hand left there is read without an error, and never as a job without meta', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      const { tags = [], meta, maxCrashes = 0, uniqueKey = '' } = decodeOptions(text)
      expect([...tags, meta ?? '', uniqueKey].every((one) => typeof one === 'string')).toBe(true)
      expect(maxCrashes).toBeGreaterThanOrEqual(0)
    }),
  )
  for (const text of ['', '{"meta":', 'null', '[]', '7', '"x"']) {
    expect(() => JSON.parse(decodeOptions(text).meta!) as unknown).toThrow(SyntaxError)
  }
})

it('an ordinary job has none', () => {
  expect(encodeOptions({ ...asked, maxCrashes: 3 })).toBeNull()
  expect(maxCrashesOf(null)).toBe(3)
})

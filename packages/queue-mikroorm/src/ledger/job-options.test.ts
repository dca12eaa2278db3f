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

it('an ordinary job has none', () => {
  expect(encodeOptions({ ...asked, maxCrashes: 3 })).toBeNull()
  expect(maxCrashesOf(null)).toBe(3)
})

import { expect, it } from 'vitest'
import { bytes, clockTime, duration } from './format.ts'

it.each([
  [0, '0 ms'],
  [36.7, '37 ms'],
  [999.4, '999 ms'],
  [1_000, '1.0 s'],
  [4_260, '4.2 s'],
  [9_999, '9.9 s'],
  [10_000, '10 s'],
  [59_999, '59 s'],
  [200_000, '3 m 20 s'],
  [3_600_000, '1 h'],
  [190_800_000, '2 d 5 h'],
])('a duration of %d ms is %s', (ms, text) => expect(duration(ms)).toBe(text))

it.each([
  [999, '999 B'],
  [1_000, '1 kB'],
  [999_499, '999 kB'],
  [999_500, '1.0 MB'],
  [8_388_608, '8.4 MB'],
])('%d bytes are %s', (count, text) => expect(bytes(count)).toBe(text))

it('names the day only when it is another one', () => {
  const noon = new Date(2026, 4, 7, 12)
  expect(clockTime(noon, new Date(2026, 4, 7, 18))).toBe('12:00:00')
  expect(clockTime(noon, new Date(2026, 4, 8, 18))).toBe('7 May, 12:00:00')
})

import { expect, it } from 'vitest'
import { matchesPartially } from './matches-partially.ts'

const actual = { id: 1, user: { name: 'Ada', tags: ['a', 'b'] }, list: [{ x: 1, y: 2 }], none: null }

it.each([
  [{}, true],
  [{ id: 1 }, true],
  [{ id: 2 }, false],
  [{ id: '1' }, false],
  [{ user: { name: 'Ada' } }, true],
  [{ user: { name: 'Ada', age: 3 } }, false],
  [{ user: { tags: ['a', 'b'] } }, true],
  [{ user: { tags: ['a'] } }, false],
  [{ list: [{ y: 2 }] }, true],
  [{ list: { 0: { y: 2 } } }, false],
  [{ none: null }, true],
  [{ none: {} }, false],
  [{ absent: undefined }, true],
  [{ id: undefined }, false],
  [{ toString: undefined }, true],
  ['text', false],
])('%j: %s', (expected, matches) => {
  expect(matchesPartially(actual, expected)).toBe(matches)
})

it('compares what is no object', () => {
  expect(matchesPartially('text', 'text')).toBe(true)
  expect(matchesPartially([1], [1])).toBe(true)
  expect(matchesPartially(1, 2)).toBe(false)
})

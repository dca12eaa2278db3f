import { expect, it } from 'vitest'
import { seededRandom } from './seeded-random.ts'

const numbers = (seed: number, count: number): number[] => {
  const random = seededRandom(seed)
  return Array.from({ length: count }, () => random.number())
}

it('repeats for a seed and differs between seeds', () => {
  expect(numbers(7, 50)).toEqual(numbers(7, 50))
  expect(numbers(7, 50)).not.toEqual(numbers(8, 50))
})

it('spreads over [0, 1)', () => {
  const many = numbers(1, 10_000)
  expect(many.every((number) => number >= 0 && number < 1)).toBe(true)
  const tenths = new Map<number, number>()
  for (const number of many) tenths.set(Math.floor(number * 10), (tenths.get(Math.floor(number * 10)) ?? 0) + 1)
  expect([...tenths.values()].every((count) => count > 850 && count < 1_150)).toBe(true)
})

it('makes bytes', () => {
  const bytes = seededRandom(3).bytes(2_000)
  expect(bytes).toHaveLength(2_000)
  expect(new Set(bytes).size).toBe(256)
})

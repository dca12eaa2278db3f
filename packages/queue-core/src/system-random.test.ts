import { describe, expect, it } from 'vitest'
import { systemRandom } from './system-random.ts'

describe('systemRandom', () => {
  it('draws numbers from 0 to below 1 that differ', () => {
    const numbers = Array.from({ length: 1_000 }, () => systemRandom.number())
    expect(numbers.every((number) => number >= 0 && number < 1)).toBe(true)
    expect(new Set(numbers).size).toBeGreaterThan(990)
  })

  it('gives as many bytes as asked', () => {
    expect([0, 1, 16].map((length) => systemRandom.bytes(length).length)).toEqual([0, 1, 16])
    expect(systemRandom.bytes(16)).not.toEqual(systemRandom.bytes(16))
  })
})

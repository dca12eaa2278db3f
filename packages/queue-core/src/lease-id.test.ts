import { describe, expect, it } from 'vitest'
import { newLeaseId } from './lease-id.ts'
import { systemRandom } from './system-random.ts'

describe('newLeaseId', () => {
  it('writes 16 bytes as a UUID, none of them changed', () => {
    const bytes = Uint8Array.from([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 254, 255])
    expect(newLeaseId({ number: () => 0, bytes: () => bytes })).toBe('00010203-0405-0607-0809-0a0b0c0dfeff')
  })

  it('sets every one of the 128 bits both ways', () => {
    let ever = 0n
    let always = (1n << 128n) - 1n
    for (let draw = 0; draw < 200; draw += 1) {
      const id = newLeaseId(systemRandom)
      expect(id).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
      const bits = BigInt(`0x${id.replaceAll('-', '')}`)
      ever |= bits
      always &= bits
    }
    expect(ever).toBe((1n << 128n) - 1n)
    expect(always).toBe(0n)
  })

  it('does not repeat', () => {
    expect(new Set(Array.from({ length: 10_000 }, () => newLeaseId(systemRandom))).size).toBe(10_000)
  })
})

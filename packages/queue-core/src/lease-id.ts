import type { Random } from './random.ts'

/**
 * 128 random bits, written as a UUID. All of them are random, without the version bits of a version 4 UUID: a claim
 * that a crashed server forgot must never be mistaken for a later one.
 */
export function newLeaseId(random: Random): string {
  const hex = Array.from(random.bytes(16), (byte) => byte.toString(16).padStart(2, '0')).join('')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}

import type { Random } from '@goplate/queue-core'

/**
 * The same numbers for the same seed, for tests that must repeat; never for identifiers outside of them. The generator
 * is Mulberry32 by Tommy Ettinger (public domain): 32 bits of state, a period of 2³².
 */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0
  return {
    number: () => next() / 2 ** 32,
    bytes: (length) => Uint8Array.from({ length }, () => next() & 255),
  }

  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return (mixed ^ (mixed >>> 14)) >>> 0
  }
}

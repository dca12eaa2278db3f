import type { Random } from '../../src/random.ts'

/** The same numbers for the same seed: mulberry32 (Tommy Ettinger, public domain), written anew. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0
  const number = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  return { number, bytes: (length) => Uint8Array.from({ length }, () => Math.floor(number() * 256)) }
}

import type { Random } from './random.ts'

export const systemRandom: Random = {
  number: () => Math.random(),
  bytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
}

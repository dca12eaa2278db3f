import type { NewJobRecord, Random } from '@goplate/queue-core'

/** What a walk decides by chance. The same source of numbers gives the same decisions. */
export class Choices {
  readonly #random: Random

  constructor(random: Random) {
    this.#random = random
  }

  /** A whole number from 0. */
  upTo(most: number): number {
    return Math.floor(this.#random.number() * (most + 1))
  }

  oneOf<T>(values: readonly T[]): T {
    return values[this.upTo(values.length - 1)]!
  }

  chance(probability: number): boolean {
    return this.#random.number() < probability
  }

  leaseId(): string {
    const hex = Buffer.from(this.#random.bytes(16)).toString('hex')
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
  }

  newJob(now: number): NewJobRecord {
    const unique = { key: this.oneOf(['k', 'l']), onConflict: this.oneOf(['return', 'return', 'reject'] as const) }
    const when = this.oneOf([
      {},
      {},
      { delayMs: 500 },
      { delayMs: 5_000 },
      { availableAt: now - 10 },
      { availableAt: now + 900 },
    ])
    return {
      type: this.oneOf(['x', 'y']),
      queue: this.oneOf(['a', 'b']),
      payload: `{"n":${this.upTo(1000)}}`,
      priority: this.upTo(2) - 1,
      maxAttempts: 3,
      maxCrashes: this.upTo(2),
      ...when,
      ...(this.chance(0.2) && { unique }),
      ...(this.chance(0.2) && { expiresAt: now + 700 }),
      ...(this.chance(0.1) && { tags: ['t'], meta: '{"m":1}' }),
    }
  }
}

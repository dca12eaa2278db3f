/** Between two growths: a claim must show first what the last one brought. */
export const growthPauseMs = 250
/** So long nothing may have waited before a pool shrinks. */
export const calmMs = 10_000

export interface PoolBounds {
  readonly min: number
  readonly max: number
}

export interface PoolLoad {
  /** Due jobs wait: the last claim came back full, and every slot is in use. */
  readonly isShort: boolean
  readonly sinceGrowthMs: number
  /** Since it was short or changed its size last. */
  readonly sinceShortMs: number
  /** The most slots that were in use at once in that time. */
  readonly peak: number
}

/**
 * How large a pool should be now: half as large again while jobs wait for it; a quarter smaller, but never smaller than
 * it was used, when none has waited for a while. Growing fast and shrinking slowly keeps it from swinging with every
 * burst.
 */
export function nextPoolSize(size: number, { min, max }: PoolBounds, load: PoolLoad): number {
  if (load.isShort) return load.sinceGrowthMs < growthPauseMs ? size : Math.min(max, size + Math.ceil(size / 2))
  if (load.sinceShortMs < calmMs) return size
  return Math.max(min, Math.min(size, Math.max(load.peak, size - Math.ceil(size / 4))))
}

/** The size of one pool over time, and what the next decision about it needs to know. */
export class PoolSize {
  readonly #bounds: PoolBounds
  #size: number
  #peak = 0
  #grewAt = -Infinity
  #shortAt = -Infinity

  constructor(bounds: PoolBounds) {
    this.#bounds = bounds
    this.#size = bounds.min
  }

  get size(): number {
    return this.#size
  }

  /** So many of its slots are in use. */
  noteUse(slots: number): void {
    this.#peak = Math.max(this.#peak, slots)
  }

  /** Looks at the load at monotonic time `now`. True when it would like to grow, and may soon. */
  adapt(now: number, isShort: boolean): boolean {
    const { min, max } = this.#bounds
    if (min === max) return false
    if (this.#shortAt === -Infinity) this.#shortAt = now
    const [sinceGrowthMs, sinceShortMs] = [now - this.#grewAt, now - this.#shortAt]
    const next = nextPoolSize(this.#size, this.#bounds, { isShort, sinceGrowthMs, sinceShortMs, peak: this.#peak })
    if (next > this.#size) this.#grewAt = now
    if (isShort || sinceShortMs >= calmMs) {
      this.#shortAt = now
      this.#peak = 0
    }
    this.#size = next
    return isShort && next < max
  }
}

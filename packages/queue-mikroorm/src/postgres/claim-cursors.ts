/** A place in the order of claims. */
export interface ClaimCursor {
  readonly priority: number
  /** As the database wrote it; texts of one session's format compare like the times. */
  readonly availableAt: string
  readonly job: string
}

export const fromTheStart: ClaimCursor = { priority: -32768, availableAt: '-infinity', job: '0' }

/** Twice a second; what a cursor has passed is claimed at the latest then. */
export const rescanMs = 500

/**
 * Where the next claim looks on. Without cursors every claim would walk over the dead index entries of all claims
 * before it. Rows can arrive before a cursor: by a late commit, a retry, another process. Therefore a cursor goes back
 * to the start twice a second and when its queue comes back short, and at once for what this process put there itself.
 */
export class ClaimCursors {
  readonly #clock: () => number
  /** By the types asked for, then by queue: a cursor passes over the jobs of other types. */
  readonly #cursors = new Map<string, Map<string, ClaimCursor>>()
  #later = '-infinity'
  #lastRescan = -Infinity

  constructor(clock: () => number) {
    this.#clock = clock
  }

  /** Where promotions look on in `later`. */
  get later(): string {
    return this.#later
  }

  of(types: readonly string[]): Map<string, ClaimCursor> {
    if (this.#clock() - this.#lastRescan >= rescanMs) this.rescan()
    const key = types.join(',')
    let cursors = this.#cursors.get(key)
    if (cursors === undefined) this.#cursors.set(key, (cursors = new Map()))
    return cursors
  }

  rescan(): void {
    this.#lastRescan = this.#clock()
    this.#cursors.clear()
    this.#later = '-infinity'
  }

  promotedUpTo(availableAt: string): void {
    if (availableAt > this.#later) this.#later = availableAt
  }

  /** A row became due now: it stands behind the others of its priority, but before those of lower urgency. */
  arrivedLast(queue: string, priority: number): void {
    for (const cursors of this.#cursors.values()) {
      const cursor = cursors.get(queue)
      if (cursor !== undefined && priority < cursor.priority) cursors.set(queue, { ...fromTheStart, priority })
    }
  }

  /** A row came to stand here, perhaps before the cursors of its queue. */
  arrived(queue: string, place: ClaimCursor): void {
    for (const cursors of this.#cursors.values()) {
      const cursor = cursors.get(queue)
      if (cursor !== undefined && isBefore(place, cursor)) cursors.set(queue, place)
    }
  }
}

function isBefore(a: ClaimCursor, b: ClaimCursor): boolean {
  if (a.priority !== b.priority) return a.priority < b.priority
  if (a.availableAt !== b.availableAt) return a.availableAt < b.availableAt
  return Number(a.job) < Number(b.job)
}

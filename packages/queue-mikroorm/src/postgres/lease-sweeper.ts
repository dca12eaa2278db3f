import type { LeaseId } from '@goplate/queue-core'
import type { Executor } from './executor.ts'
import { sweepLeases } from './statements/sweep-leases.ts'

const sweepAfterMs = 1000

/**
 * Removes leases whose jobs were all settled, a while later and many at once: settling then writes nothing but
 * outcomes. What a process leaves behind falls to the reaper.
 */
export class LeaseSweeper {
  readonly #executor: Executor
  /** Entries that were not settled yet, by lease. */
  readonly #open = new Map<LeaseId, Set<number>>()
  #done: LeaseId[] = []
  #timer: NodeJS.Timeout | undefined

  constructor(executor: Executor) {
    this.#executor = executor
  }

  took(lease: LeaseId, jobs: number): void {
    this.#open.set(lease, new Set(Array.from({ length: jobs }, (_, index) => index + 1)))
  }

  settled(lease: LeaseId, position: number): void {
    const open = this.#open.get(lease)
    if (open === undefined || !open.delete(position) || open.size > 0) return
    this.#open.delete(lease)
    this.#done.push(lease)
    this.#timer ??= setTimeout(() => void this.sweep(), sweepAfterMs).unref()
  }

  /** It does not stand any more. */
  lost(lease: LeaseId): void {
    this.#open.delete(lease)
  }

  /** Failing is fine: the lease runs out, and the reaper finds nothing to move. */
  async sweep(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const leases = this.#done
    this.#done = []
    if (leases.length > 0) await this.#executor.run(sweepLeases, [leases]).catch(() => undefined)
  }
}

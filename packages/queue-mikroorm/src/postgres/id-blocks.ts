import type { Executor } from './executor.ts'
import { numberOf } from './row-mapping.ts'
import { takeIds } from './statements/take-ids.ts'

const blockSize = 1000

/** Job ids out of blocks of a sequence: known before the insert, as cheap as an identity column. Gaps are normal. */
export class IdBlocks {
  #next = 0
  #end = 0

  /** `count` rising ids. A new block is taken on the connection of the dispatch that needs it. */
  async take(count: number, executor: Executor): Promise<number[]> {
    const ids = this.#fromBlock(count)
    if (ids.length === count) return ids
    const blocks = Math.ceil((count - ids.length) / blockSize)
    const rows = await executor.run(takeIds, [blocks])
    const starts = rows.map((row) => numberOf(row.first)).sort((a, b) => a - b)
    for (const start of starts) {
      this.#next = start
      this.#end = start + blockSize
      ids.push(...this.#fromBlock(count - ids.length))
    }
    return ids
  }

  /** The block may have been handed out twice: by a restored backup or a failover to an asynchronous replica. */
  discard(): void {
    this.#next = this.#end
  }

  #fromBlock(count: number): number[] {
    const taken = Math.min(count, this.#end - this.#next)
    const first = this.#next
    this.#next += taken
    return Array.from({ length: taken }, (_, index) => first + index)
  }
}

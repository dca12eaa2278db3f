import type { DispatchReceipt, NewJobRecord } from '@goplate/queue-core'
import { isConnectionError } from './error-mapping.ts'

/** Stores all of the jobs or none. */
export type StoreJobs = (jobs: readonly NewJobRecord[]) => Promise<readonly DispatchReceipt[]>

interface Call {
  readonly jobs: readonly NewJobRecord[]
  readonly resolve: (receipts: readonly DispatchReceipt[]) => void
  readonly reject: (error: unknown) => void
}

const jobsAtOnce = 1000

/**
 * Joins the dispatches that arrive while a statement is under way into the next one: under load they share a commit,
 * and a single one waits for nobody. Calls that were joined do not fail each other.
 */
export class DispatchPool {
  readonly #store: StoreJobs
  #waiting: Call[] = []
  #busy = false

  constructor(store: StoreJobs) {
    this.#store = store
  }

  dispatch(jobs: readonly NewJobRecord[]): Promise<readonly DispatchReceipt[]> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ jobs, resolve, reject })
      if (!this.#busy) void this.#work()
    })
  }

  async #work(): Promise<void> {
    this.#busy = true
    while (this.#waiting.length > 0) await this.#storeTogether(this.#takeCalls())
    this.#busy = false
  }

  #takeCalls(): Call[] {
    let jobs = 0
    const past = this.#waiting.findIndex((call, index) => (jobs += call.jobs.length) > jobsAtOnce && index > 0)
    return this.#waiting.splice(0, past === -1 ? this.#waiting.length : past)
  }

  async #storeTogether(calls: readonly Call[]): Promise<void> {
    try {
      const receipts = await this.#store(calls.flatMap(({ jobs }) => jobs))
      let given = 0
      for (const { jobs, resolve } of calls) resolve(receipts.slice(given, (given += jobs.length)))
    } catch (error) {
      // Without an answer nobody knows what was stored, and each call on its own would only fail more slowly.
      if (calls.length === 1 || isConnectionError(error)) for (const { reject } of calls) reject(error)
      else for (const call of calls) await this.#storeTogether([call])
    }
  }
}

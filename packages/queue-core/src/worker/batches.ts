import type { Timer } from '../clock.ts'
import { JobAbortedError } from '../errors.ts'
import type { BatchContext } from '../job/batch.ts'
import type { JobContext } from '../job/job.ts'
import type { RegisteredBatch } from '../job/registered-job.ts'
import { BatchEntry } from './batch-entry.ts'
import { boundLogger } from './bound-logger.ts'
import type { HeldJob } from './held-job.ts'
import { inRootContext } from './root-context.ts'
import type { Slots } from './slots.ts'
import { owningStrayErrors } from './stray-errors.ts'
import type { WorkerParts } from './worker-parts.ts'

export interface BatchesParts extends WorkerParts {
  readonly slots: Slots
  readonly onChange: () => void
  /** What the call started threw with nobody waiting: it may have been for any of its jobs. */
  readonly onStray: (held: HeldJob, error: unknown) => void
}

interface Run {
  readonly payload: unknown
  readonly context: JobContext
}

interface OpenBatch {
  readonly type: string
  readonly many: RegisteredBatch
  readonly entries: BatchEntry[]
  timer: Timer | undefined
}

/**
 * Collects jobs of one type that are to be handled by one call. Each stays an attempt of its own, with its slot, its
 * timeout and its settlement; only the handler is shared. A batch is called when it is as large as it may be, or as
 * this worker's slots let it become, or when its first job has waited long enough.
 */
export class Batches {
  readonly #parts: BatchesParts
  readonly #open = new Map<string, OpenBatch>()
  #underWay = 0

  constructor(parts: BatchesParts) {
    this.#parts = parts
  }

  /** Calls that have not returned, though every job of theirs may be decided. */
  get underWay(): number {
    return this.#underWay
  }

  /** Resolves or rejects with what a handler of this job alone would have returned or thrown. */
  join(many: RegisteredBatch, held: HeldJob, { payload, context }: Run): Promise<unknown> {
    const entry = new BatchEntry(held, payload, context)
    const batch = this.#batchOf(held.job.type, many)
    batch.entries.push(entry)
    const most = Math.min(many.max, this.#parts.slots.capacityOf(held.job.queue))
    if (batch.entries.length >= most) this.#close(batch)
    return entry.outcome
  }

  /** Gives up what is still being collected. */
  close(): void {
    for (const batch of [...this.#open.values()]) {
      this.#seal(batch)
      for (const entry of batch.entries) entry.fail(entry.held.abortedBy ?? new JobAbortedError('shutdown'))
    }
  }

  #batchOf(type: string, many: RegisteredBatch): OpenBatch {
    const open = this.#open.get(type)
    if (open !== undefined) return open
    const batch: OpenBatch = { type, many, entries: [], timer: undefined }
    this.#open.set(type, batch)
    if (many.waitMs > 0) {
      batch.timer = this.#parts.runtime.clock.setTimer(many.waitMs, () => this.#close(batch))
    } else {
      void Promise.resolve().then(() => this.#close(batch))
    }
    return batch
  }

  #seal(batch: OpenBatch): boolean {
    batch.timer?.cancel()
    return this.#open.get(batch.type) === batch && this.#open.delete(batch.type)
  }

  #close(batch: OpenBatch): void {
    if (this.#seal(batch)) void this.#call(batch)
  }

  /** Outside of whatever the first or the last of its jobs happened to run in. */
  async #call({ type, many, entries }: OpenBatch): Promise<void> {
    const wanted = entries.filter((entry) => isWanted(entry))
    if (wanted.length === 0) return
    const { runtime, onChange, onStray } = this.#parts
    const call = async (): Promise<unknown> => many.handle(wanted, new CallContext(type, wanted, this.#parts))
    const blame = (error: unknown): void => wanted.forEach(({ held }) => onStray(held, error))
    const work = () => owningStrayErrors(blame, call)
    this.#underWay += 1
    try {
      const { driver } = runtime
      const run = (): Promise<unknown> => (driver.runInScope === undefined ? work() : driver.runInScope(work))
      giveResults(wanted, await inRootContext(run))
    } catch (error) {
      for (const entry of wanted) entry.fail(error)
    }
    this.#underWay -= 1
    onChange()
  }
}

/** One that was told to stop while it waited for companions does not start. */
function isWanted(entry: BatchEntry): boolean {
  const { abortedBy } = entry.held
  if (abortedBy !== undefined) entry.fail(abortedBy)
  return abortedBy === undefined
}

/** To those that have no outcome of their own. */
function giveResults(entries: readonly BatchEntry[], results: unknown): void {
  if (Array.isArray(results) && results.length !== entries.length) {
    throw new Error(`handleMany returned ${results.length} results for ${entries.length} jobs; return one per job.`)
  }
  if (results !== undefined && !Array.isArray(results) && !(results instanceof Map)) {
    throw new Error('handleMany must return an array with one result per job, a Map of results by id, or nothing.')
  }
  entries.forEach((entry, index) => {
    const result: unknown = Array.isArray(results) ? results[index] : results?.get(entry.id)
    if (result instanceof Error) entry.fail(result)
    else entry.finish(result)
  })
}

class CallContext implements BatchContext {
  readonly type: string
  readonly #entries: readonly BatchEntry[]
  readonly #parts: WorkerParts
  #signal: AbortSignal | undefined

  constructor(type: string, entries: readonly BatchEntry[], parts: WorkerParts) {
    this.type = type
    this.#entries = entries
    this.#parts = parts
  }

  get signal(): AbortSignal {
    return (this.#signal ??= whenAllAborted(this.#entries.map(({ signal }) => signal)))
  }
  get logger(): BatchContext['logger'] {
    return boundLogger(this.#parts.runtime.logger, { type: this.type, jobs: this.#entries.length })
  }
  get dispatch(): BatchContext['dispatch'] {
    const { dispatch } = this.#parts.runtime
    return (job, payload, options) => dispatch(job, payload, options)
  }
}

function whenAllAborted(signals: readonly AbortSignal[]): AbortSignal {
  const controller = new AbortController()
  let left = signals.length
  for (const signal of signals) {
    const aborted = (): void => {
      left -= 1
      if (left === 0) controller.abort(signal.reason)
    }
    if (signal.aborted) aborted()
    else signal.addEventListener('abort', aborted, { once: true })
  }
  return controller.signal
}

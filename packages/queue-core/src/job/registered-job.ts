import type { BatchContext, BatchJob } from './batch.ts'
import type { JobContext } from './job.ts'
import type { StandardSchemaV1 } from '../payload/standard-schema.ts'

/** A definition or class job as the queue uses it: every default filled in, every option checked. */
export interface RegisteredJob {
  readonly type: string
  readonly queue: string
  readonly priority: number
  readonly maxAttempts: number
  readonly maxCrashes: number
  /** Undefined: no timeout. */
  readonly timeoutMs: number | undefined
  readonly schema: StandardSchemaV1 | undefined
  /** Undefined: handled in batches, or dispatched here and run elsewhere. */
  readonly handle: ((payload: unknown, context: JobContext) => unknown) | undefined
  /** Undefined: handled one by one, or run elsewhere. */
  readonly many?: RegisteredBatch | undefined
  /** Milliseconds after failed attempt `attempt`, in [0, one year]. Never throws: a bad policy gives the default and a warning. */
  retryDelay(attempt: number, error: unknown): { readonly delayMs: number; readonly warning?: string }
}

export interface RegisteredBatch {
  readonly max: number
  readonly waitMs: number
  handle(jobs: readonly BatchJob<unknown>[], context: BatchContext): unknown
}

/** The jobs of a process, by type. */
export interface RegisteredJobs {
  get(type: string): RegisteredJob | undefined
  readonly all: readonly RegisteredJob[]
}

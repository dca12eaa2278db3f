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
  /** Undefined: dispatched here, run elsewhere. */
  readonly handle: ((payload: unknown, context: JobContext) => unknown) | undefined
  /** Milliseconds after failed attempt `attempt`, in [0, one year]. Never throws: a bad policy gives the default and a warning. */
  retryDelay(attempt: number, error: unknown): { readonly delayMs: number; readonly warning?: string }
}

/** The jobs of a process, by type. */
export interface RegisteredJobs {
  get(type: string): RegisteredJob | undefined
  readonly all: readonly RegisteredJob[]
}

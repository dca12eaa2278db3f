import type { FailureReason } from './job/job-state.ts'
import type { JobId } from './job/stored-job.ts'

/** What every event about one attempt says. `worker` ran it, or found that it crashed or waited too long. */
export interface AttemptFacts {
  readonly jobId: JobId
  readonly type: string
  readonly queue: string
  readonly attempt: number
  readonly maxAttempts: number
  readonly worker: string
}

/** Event names and what each carries. The same on `node:diagnostics_channel` as `goplate.queue.<name>`. */
export interface QueueEvents {
  'job:dispatched': {
    readonly jobId: JobId
    readonly type: string
    readonly queue: string
    readonly created: boolean
    /** Until it is due; absent when it is due at once, and when it is not this job that was stored. */
    readonly delayMs?: number
  }
  'job:started': AttemptFacts & { readonly waitMs: number }
  'job:progress': AttemptFacts & { readonly percent: number }
  'job:finished': AttemptFacts & { readonly durationMs: number; readonly result: unknown }
  'job:retrying': AttemptFacts & { readonly durationMs: number; readonly delayMs: number; readonly error: unknown }
  /** `durationMs` is 0 when no handler ran: `crashed`, `expired`. */
  'job:failed': AttemptFacts & {
    readonly durationMs: number
    readonly reason: FailureReason
    readonly error: unknown
  }
  /** Without `worker`: `queue.cancel` ended it while it waited. */
  'job:cancelled': Omit<AttemptFacts, 'worker'> & {
    readonly worker?: string
    readonly durationMs: number
    readonly reason: string | undefined
  }
  'job:snoozed': AttemptFacts & { readonly durationMs: number; readonly delayMs: number }
  'job:released': AttemptFacts
  /** The claim no longer held when it was settled: another worker runs the job, or ran it. */
  'job:lost': AttemptFacts
  /** The handler goes on after its signal was aborted; it keeps its slot until it returns. */
  'job:stuck': AttemptFacts & { readonly sinceMs: number }
  /** A reaper took the lease of a crashed or silent worker away. */
  'job:reaped': {
    readonly jobId: JobId
    readonly type: string
    readonly queue: string
    readonly crashes: number
    readonly to: 'pending' | 'failed' | 'cancelled'
  }
  /** It waited beyond its `expiresAt`, and failed as `expired`: `job:failed` comes too. */
  'job:expired': { readonly jobId: JobId; readonly type: string; readonly queue: string }
  /** Nothing more of a queue, or of a type, is claimed. `kind` says which. */
  'queue:paused': {
    readonly kind: 'queue' | 'type'
    readonly name: string
    readonly reason?: string
    /** Until it ends by itself; absent when only `resume` ends it. */
    readonly forMs?: number
  }
  'queue:resumed': { readonly kind: 'queue' | 'type'; readonly name: string }
  'worker:started': { readonly worker: string; readonly queues: readonly string[] }
  'worker:stopping': { readonly worker: string; readonly running: number }
  'worker:stopped': { readonly worker: string }
  /** Something is not as it should be, and was dealt with. */
  warning: { readonly code: string; readonly message: string; readonly jobId?: JobId; readonly type?: string }
  /** Something in the queue itself failed and is being tried again. */
  error: { readonly error: unknown; readonly during: string }
}

export type QueueEventName = keyof QueueEvents

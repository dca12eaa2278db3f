import type { JsonText } from '../payload/json.ts'
import type { FailureReason, JobState } from './job-state.ts'

/** Opaque to everyone but the driver that made it; the SQL drivers use decimal digits. */
export type JobId = string

/** 128 random bits, made by the worker before it claims; written as a UUID. */
export type LeaseId = string

export type { JsonText }

/** At most one job that has not ended holds the key. The key already contains the scope's name (the type). */
export interface UniqueKey {
  readonly key: string
  readonly onConflict: 'return' | 'reject'
}

/** What core asks a driver to store. Everything is validated and every default is filled in. */
export interface NewJobRecord {
  readonly type: string
  readonly queue: string
  readonly payload: JsonText
  /** Lower runs first; −32768 … 32767. */
  readonly priority: number
  /** 1 … 32767. */
  readonly maxAttempts: number
  /** How many crashes a job survives; it fails at crash number `maxCrashes` + 1. 0 … 32766. */
  readonly maxCrashes: number
  /** Milliseconds from the database's now. At most one of `delayMs` and `availableAt` is set. */
  readonly delayMs?: number
  /** Epoch milliseconds; the user's own instant. In the past means now. */
  readonly availableAt?: number
  /** Epoch milliseconds; a job claimed later than this does not run. */
  readonly expiresAt?: number
  readonly unique?: UniqueKey
  readonly tags?: readonly string[]
  /** A JSON object. */
  readonly meta?: JsonText
}

/** A job as it is stored, for people: never part of the claim's path. Instants are epoch milliseconds. */
export interface StoredJob {
  readonly id: JobId
  readonly type: string
  readonly queue: string
  readonly state: JobState
  readonly payload: JsonText
  readonly priority: number
  readonly maxAttempts: number
  readonly maxCrashes: number
  /** Claims and decisions so far. While running: the present claim's. */
  readonly epoch: number
  /** Pending: attempts used. Running: the present attempt. Ended: the attempt that ended it, 0 if it never ran. */
  readonly attempt: number
  readonly crashes: number
  readonly createdAt: number
  /** Pending and blocked jobs only. */
  readonly availableAt?: number
  /** When the present lease was taken; running jobs only. */
  readonly startedAt?: number
  /** Ended jobs only. */
  readonly endedAt?: number
  /** Ended jobs: a `FailureReason` for failed ones, the canceller's words for cancelled ones. */
  readonly reason?: FailureReason | (string & {})
  /** What the last attempt ended with, if it was an error. */
  readonly error?: JsonText
  readonly result?: JsonText
  readonly expiresAt?: number
  readonly uniqueKey?: string
  readonly tags?: readonly string[]
  readonly meta?: JsonText
  /** True while a cancel was asked of a running job. */
  readonly cancelRequested?: boolean
  /** True when it crashed and may only run alone in a process. */
  readonly solo?: boolean
  /** What a handler told last of how far it is, 0 … 100; drivers with `reports` only. */
  readonly progress?: number
  /** Oldest first; only when `find` asked for it. */
  readonly history?: readonly StoredOutcome[]
}

/** What one epoch came to. */
export interface StoredOutcome {
  readonly epoch: number
  readonly attempt: number
  readonly outcome: OutcomeName
  readonly endedAt: number
  /** Milliseconds from due to claimed, and from claimed to settled, as the worker measured them. */
  readonly waitMs?: number
  readonly durationMs?: number
  readonly reason?: string
  readonly error?: JsonText
  readonly result?: JsonText
}

/** The seven outcomes of an epoch. The first three are final until a person reopens the job. */
export const outcomeNames = ['finished', 'failed', 'cancelled', 'retried', 'snoozed', 'released', 'crashed'] as const
export type OutcomeName = (typeof outcomeNames)[number]

import type { NewJobRecord } from '@goplate/queue-core'
import { encodeOptions } from '../ledger/job-options.ts'
import { keyDigest } from '../ledger/key-digest.ts'

/** A job with the id it is going to have. */
export interface NumberedJob {
  readonly id: number
  readonly job: NewJobRecord
}

export function hasTimes({ delayMs, availableAt, expiresAt }: NewJobRecord): boolean {
  return delayMs !== undefined || availableAt !== undefined || expiresAt !== undefined
}

export function dueColumns(jobs: readonly NumberedJob[]): unknown[] {
  return [
    jobs.map(({ id }) => id),
    jobs.map(({ job }) => job.queue),
    jobs.map(({ job }) => job.type),
    jobs.map(({ job }) => job.priority),
    jobs.map(({ job }) => job.maxAttempts),
    jobs.map(({ job }) => job.payload),
    column(jobs, encodeOptions),
  ]
}

export function timedColumns(jobs: readonly NumberedJob[]): unknown[] {
  return [
    ...dueColumns(jobs),
    column(jobs, ({ delayMs }) => delayMs ?? null),
    column(jobs, ({ availableAt }) => availableAt ?? null),
    column(jobs, ({ expiresAt }) => expiresAt ?? null),
  ]
}

export function uniqueColumns(jobs: readonly NumberedJob[]): unknown[] {
  return [...timedColumns(jobs), column(jobs, ({ unique }) => (unique === undefined ? null : keyDigest(unique.key)))]
}

/** A column that nobody uses is not sent. */
function column<T>(jobs: readonly NumberedJob[], read: (job: NewJobRecord) => T | null): (T | null)[] | null {
  const values = jobs.map(({ job }) => read(job))
  return values.some((value) => value !== null) ? values : null
}

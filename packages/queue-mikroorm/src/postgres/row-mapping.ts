import type { FailureReason, JobState, StoredJob, StoredOutcome } from '@goplate/queue-core'
import { decodeOptions, maxCrashesOf } from '../ledger/job-options.ts'
import { outcomeName } from '../ledger/outcome-state.ts'

/** Values are text on the driver's own connections and the pool, and what the ORM makes of them in a transaction. */
export type Row = Readonly<Record<string, unknown>>

export function isYes(value: unknown): boolean {
  return value === true || value === 't'
}

export function numberOf(value: unknown): number {
  return Number(value)
}

export function stringOf(value: unknown): string {
  return typeof value === 'string' ? value : String(value)
}

export function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}

/** `1,2,3` as numbers; nothing as none. */
export function numbersOf(value: unknown): readonly number[] {
  return value === null || value === undefined || value === '' ? [] : stringOf(value).split(',').map(Number)
}

export function storedJobOf(row: Row): StoredJob {
  const options = textOf(row.options)
  const { tags, meta, uniqueKey } = decodeOptions(options)
  const state = row.state as JobState
  const crashes = numberOf(row.crashes)
  const alone = crashes > 0 && (state === 'pending' || state === 'running')
  return {
    id: stringOf(row.id),
    type: stringOf(row.type),
    queue: stringOf(row.queue),
    state,
    payload: stringOf(row.payload),
    priority: numberOf(row.priority),
    maxAttempts: numberOf(row.max_attempts),
    maxCrashes: maxCrashesOf(options),
    epoch: numberOf(row.epoch),
    attempt: numberOf(row.attempt),
    crashes,
    createdAt: numberOf(row.created_ms),
    ...(tags !== undefined && { tags }),
    ...(meta !== undefined && { meta }),
    ...(uniqueKey !== undefined && { uniqueKey }),
    ...instants(row),
    ...texts(row),
    ...(isYes(row.cancel_requested) && { cancelRequested: true }),
    ...(alone && { solo: true }),
    ...(row.percent !== null && { progress: numberOf(row.percent) }),
  }
}

function instants({ available_ms, claimed_ms, ended_ms, expires_ms }: Row) {
  return {
    ...(available_ms !== null && { availableAt: numberOf(available_ms) }),
    ...(claimed_ms !== null && { startedAt: numberOf(claimed_ms) }),
    ...(ended_ms !== null && { endedAt: numberOf(ended_ms) }),
    ...(expires_ms !== null && { expiresAt: numberOf(expires_ms) }),
  }
}

function texts({ reason, error, result }: Row) {
  return {
    ...(reason !== null && { reason: reason as FailureReason }),
    ...(error !== null && { error: stringOf(error) }),
    ...(result !== null && { result: stringOf(result) }),
  }
}

export function storedOutcomeOf(row: Row): StoredOutcome {
  return {
    epoch: numberOf(row.epoch),
    attempt: numberOf(row.attempt),
    outcome: outcomeName(numberOf(row.state)),
    endedAt: numberOf(row.ended_ms),
    ...(row.wait !== null && { waitMs: numberOf(row.wait) }),
    ...(row.duration !== null && { durationMs: numberOf(row.duration) }),
    ...texts(row),
  }
}

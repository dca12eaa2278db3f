import { decodeJson } from '../payload/encode-json.ts'
import type { ErrorDescription } from './describe-error.ts'
import { jobLabel, type JobLabel, type Obstacles } from './job-label.ts'
import type { FailureReason, JobState } from './job-state.ts'
import type { JobId, JsonText, OutcomeName, StoredJob, StoredOutcome } from './stored-job.ts'

/** A job for people: instants as dates, JSON parsed. */
export interface JobRecord {
  readonly id: JobId
  readonly type: string
  readonly queue: string
  readonly state: JobState
  /** The state in more words: `scheduled`, `retrying`, `ready`, … */
  readonly label: JobLabel
  readonly payload: unknown
  readonly priority: number
  readonly attempt: number
  readonly maxAttempts: number
  readonly crashes: number
  readonly maxCrashes: number
  readonly epoch: number
  readonly createdAt: Date
  readonly availableAt?: Date
  readonly startedAt?: Date
  readonly endedAt?: Date
  readonly expiresAt?: Date
  readonly reason?: FailureReason | (string & {})
  readonly error?: ErrorDescription
  readonly result?: unknown
  readonly uniqueKey?: string
  readonly tags: readonly string[]
  readonly meta: Readonly<Record<string, unknown>>
  readonly cancelRequested: boolean
  readonly solo: boolean
  /** What the handler told last of how far it is, 0 … 100. */
  readonly progress?: number
  /** Oldest first; only when it was asked for. */
  readonly history?: readonly OutcomeRecord[]
  /**
   * Fields that can no longer be read: a text that is not JSON, an instant that is no date. They are left out; a
   * `createdAt`, or the `endedAt` of an outcome, is 1970 instead.
   */
  readonly damaged?: readonly string[]
}

/** What one epoch came to. */
export interface OutcomeRecord {
  readonly epoch: number
  readonly attempt: number
  readonly outcome: OutcomeName
  readonly endedAt: Date
  readonly waitMs?: number
  readonly durationMs?: number
  readonly reason?: string
  readonly error?: ErrorDescription
  readonly result?: unknown
}

/** `now`, in epoch milliseconds, and `obstacles` are for the label only. Never throws: a damaged job must still be seen. */
export function toJobRecord(stored: StoredJob, now: number, obstacles: Obstacles = {}): JobRecord {
  const { payload, meta, error, result, history, createdAt, availableAt, startedAt, endedAt, expiresAt, ...same } =
    stored
  const damaged: string[] = []
  const parsed = parseAll({ payload, ...defined({ meta, error, result }) }, damaged) as ParsedFields
  return {
    ...same,
    label: jobLabel(stored, now, obstacles),
    payload: undefined,
    meta: {},
    ...parsed,
    tags: stored.tags ?? [],
    createdAt: dateOf(0),
    ...datesOf(defined({ createdAt, availableAt, startedAt, endedAt, expiresAt }), damaged),
    cancelRequested: stored.cancelRequested ?? false,
    solo: stored.solo ?? false,
    ...(history && { history: history.map((outcome) => outcomeRecord(outcome, damaged)) }),
    ...(damaged.length > 0 && { damaged }),
  }
}

/** What the stored texts hold, as far as they are still JSON. */
type ParsedFields = Partial<Pick<JobRecord, 'payload' | 'meta' | 'error' | 'result'>>

function outcomeRecord(stored: StoredOutcome, damaged: string[]): OutcomeRecord {
  const { error, result, endedAt, ...same } = stored
  const prefix = `history[${stored.epoch}].`
  const parsed = parseAll(defined({ error, result }), damaged, prefix) as Pick<OutcomeRecord, 'error' | 'result'>
  return { ...same, endedAt: dateOf(0), ...datesOf({ endedAt }, damaged, prefix), ...parsed }
}

function parseAll(texts: Readonly<Record<string, JsonText>>, damaged: string[], prefix = ''): Record<string, unknown> {
  const parsed: Record<string, unknown> = {}
  for (const [field, text] of Object.entries(texts)) {
    try {
      parsed[field] = decodeJson(text)
    } catch {
      damaged.push(prefix + field)
    }
  }
  return parsed
}

type Dates<K extends string> = { [key in K]?: Date }

function datesOf<K extends string>(
  instants: { readonly [key in K]?: number },
  damaged: string[],
  prefix = '',
): Dates<K> {
  const dates: Dates<K> = {}
  for (const key in instants) {
    const date = dateOf(instants[key] as number)
    if (Number.isNaN(date.getTime())) damaged.push(prefix + key)
    else dates[key] = date
  }
  return dates
}

function defined<T extends object>(fields: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never
}

export function dateOf(epochMs: number): Date {
  // eslint-disable-next-line no-restricted-syntax -- a number becomes a Date; no clock is read
  return new Date(epochMs)
}

import type { NewJobRecord } from '@goplate/queue-core'

/** What almost every job has; only other values are stored. */
const usualMaxCrashes = 3

/** The rare facts of a job: one JSON column that no statement of the hot path reads. `meta` keeps its text. */
export function writeOptions({ maxCrashes, unique, tags, meta }: NewJobRecord): string | null {
  const options = {
    ...(maxCrashes !== usualMaxCrashes && { maxCrashes }),
    ...(unique !== undefined && { uniqueKey: unique.key }),
    ...(tags !== undefined && { tags }),
    ...(meta !== undefined && { meta }),
  }
  return Object.keys(options).length === 0 ? null : JSON.stringify(options)
}

export interface JobOptions {
  readonly maxCrashes: number
  readonly uniqueKey?: string
  readonly tags?: readonly string[]
  readonly meta?: string
}

export function readOptions(options: unknown): JobOptions {
  if (typeof options !== 'string') return { maxCrashes: usualMaxCrashes }
  return { maxCrashes: usualMaxCrashes, ...(JSON.parse(options) as Partial<JobOptions>) }
}

import type { JsonText, NewJobRecord } from '@goplate/queue-core'

/** The rare facts of a job, in one column that no statement on the hot path looks into. */
export interface JobOptions {
  readonly tags?: readonly string[]
  /** As text, so that every character of it is kept. */
  readonly meta?: JsonText
  /** When it is not the default. */
  readonly maxCrashes?: number
  /** As the user wrote it; the column `unique_key` holds its digest. */
  readonly uniqueKey?: string
}

const defaultMaxCrashes = 3

/** `null` when there is nothing rare about the job. */
export function encodeOptions({ tags, meta, maxCrashes, unique }: NewJobRecord): string | null {
  if (tags === undefined && meta === undefined && maxCrashes === defaultMaxCrashes && unique === undefined) return null
  return JSON.stringify({
    tags,
    meta,
    maxCrashes: maxCrashes === defaultMaxCrashes ? undefined : maxCrashes,
    uniqueKey: unique?.key,
  } satisfies { [K in keyof JobOptions]-?: JobOptions[K] | undefined })
}

export function decodeOptions(options: string | null): JobOptions {
  return options === null ? {} : (JSON.parse(options) as JobOptions)
}

export function maxCrashesOf(options: string | null): number {
  return decodeOptions(options).maxCrashes ?? defaultMaxCrashes
}

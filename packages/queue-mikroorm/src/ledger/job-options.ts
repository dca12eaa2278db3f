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

/**
 * Total: one row that a hand changed must not stop the claim of its neighbours. What is not as core wrote it is left
 * out; where nothing can be read, meta is text that is no JSON, so that core neither runs the job without it nor hides it.
 */
export function decodeOptions(options: string | null): JobOptions {
  if (options === null) return {}
  const { tags, meta, maxCrashes, uniqueKey } = parsed(options)
  return {
    ...(isTexts(tags) && { tags }),
    ...(typeof meta === 'string' && { meta }),
    ...(isCount(maxCrashes) && { maxCrashes }),
    ...(typeof uniqueKey === 'string' && { uniqueKey }),
  }
}

type Unchecked = { readonly [K in keyof JobOptions]?: unknown }

function parsed(options: string): Unchecked {
  try {
    const value: unknown = JSON.parse(options)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value
  } catch {
    // as unreadable as any other value
  }
  return { meta: `unreadable options: ${options}` }
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string')
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

export function maxCrashesOf(options: string | null): number {
  return decodeOptions(options).maxCrashes ?? defaultMaxCrashes
}

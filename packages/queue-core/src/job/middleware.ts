import { InvalidOptionError } from '../errors.ts'
import type { Json } from '../payload/json.ts'
import type { JobContext } from './job.ts'
import type { JobId } from './stored-job.ts'

/**
 * Runs around every dispatch and every handler of a queue, the first of `middleware` outermost. What a dispatch puts
 * into `meta` is what the handler's side reads: that is how a trace, a tenant or a locale travels with a job.
 */
export interface Middleware {
  /**
   * Runs once for each job of a call, before its meta is checked. `next` must be called, once: it resolves when the
   * whole call is stored, and rejects when nothing of it was. What is thrown before fails the whole call; what is
   * thrown afterwards reaches the caller too, although the jobs are stored. What is returned counts for nothing.
   */
  dispatch?(draft: DispatchDraft, next: () => Promise<StoredDraft | undefined>): unknown
  /**
   * Runs around the handler of each attempt. What it returns is what the handler returned, and what it throws is what
   * the handler threw: usually those of `next`, which may be called once, or not at all. Around a batch it runs for
   * each of its jobs; the call that these share is in no one's context.
   */
  handle?(attempt: HandledAttempt, next: () => Promise<unknown>): unknown
}

/** A job on its way into storage. */
export interface DispatchDraft {
  readonly type: string
  readonly payload: unknown
  /** Stored with the job. A copy of what the caller gave: change it at will, up to 16 KiB of JSON. */
  readonly meta: { [key: string]: Json | undefined }
}

/** Absent for a job that was given to `persist`: it has no id before the flush. */
export interface StoredDraft {
  readonly id: JobId
  /** False when another job holds the unique key: `id` is that job's. */
  readonly created: boolean
}

/** A job on its way into its handler. */
export interface HandledAttempt {
  readonly context: JobContext
  readonly payload: unknown
  /** As it was stored, `{}` when nothing was. */
  readonly meta: Readonly<Record<string, unknown>>
}

export type Layer<T> = (next: () => Promise<T>) => unknown

/**
 * Calls the first layer around the second and so on around `last`. Rejects with whatever a layer throws. Never settles
 * before what `next` set off has, whether the layer waits for it or not: an attempt is not over before its handler is.
 */
export async function throughLayers<T>(layers: readonly Layer<T>[], last: () => Promise<T>): Promise<T> {
  const [outermost, ...inner] = layers
  if (outermost === undefined) return last()
  let called: Promise<T> | undefined
  const next = (): Promise<T> => {
    if (called !== undefined) return Promise.reject(new InvalidOptionError('middleware', '`next` may be called once'))
    called = throughLayers(inner, last)
    return called
  }
  try {
    return (await outermost(next)) as T
  } finally {
    await Promise.allSettled([called])
  }
}

/** Throws `InvalidOptionError`. */
export function checkMiddleware(middleware: unknown): readonly Middleware[] {
  if (!Array.isArray(middleware)) throw new InvalidOptionError('middleware', 'must be an array')
  middleware.forEach((one: unknown, index) => {
    if (!isMiddleware(one))
      throw new InvalidOptionError(`middleware[${index}]`, 'must have a function `dispatch`, `handle`, or both')
  })
  return [...(middleware as readonly Middleware[])]
}

function isMiddleware(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  const { dispatch, handle } = value as { dispatch?: unknown; handle?: unknown }
  const sides = [dispatch, handle].filter((side) => side !== undefined)
  return sides.length > 0 && sides.every((side) => typeof side === 'function')
}

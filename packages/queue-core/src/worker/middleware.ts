import { PermanentError } from '../errors.ts'
import { throughLayers, type HandledAttempt, type Middleware } from '../job/middleware.ts'
import type { JsonText } from '../job/stored-job.ts'
import { decodeJson } from '../payload/encode-json.ts'

/** One attempt, ready to be handled. */
interface HandlerCall extends Omit<HandledAttempt, 'meta'> {
  readonly meta: JsonText | undefined
  readonly handle: () => Promise<unknown>
}

/**
 * Calls the handler through the middleware. Without any it is just the call, and meta is not read. Throws
 * `PermanentError` when the stored meta is not JSON any more: to run without its tenant is worse than not to run.
 */
export async function handleThrough(middleware: readonly Middleware[], call: HandlerCall): Promise<unknown> {
  const layers = middleware.filter((one) => one.handle !== undefined)
  if (layers.length === 0) return call.handle()
  const attempt: HandledAttempt = { context: call.context, payload: call.payload, meta: metaOf(call.meta) }
  const around = layers.map((layer) => (next: () => Promise<unknown>) => layer.handle!(attempt, next))
  return throughLayers(around, call.handle)
}

function metaOf(stored: JsonText | undefined): HandledAttempt['meta'] {
  if (stored === undefined) return {}
  try {
    return decodeJson(stored) as HandledAttempt['meta']
  } catch (cause) {
    throw new PermanentError('The stored meta of the job is not JSON.', { cause })
  }
}

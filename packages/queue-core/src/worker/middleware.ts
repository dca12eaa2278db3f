import { throughLayers, type HandledAttempt, type Middleware } from '../job/middleware.ts'

/** One attempt, ready to be handled. */
interface HandlerCall extends Omit<HandledAttempt, 'meta'> {
  readonly handle: () => Promise<unknown>
}

/**
 * Calls the handler through the middleware. Without any it is just the call, and meta is not read. Throws
 * `PermanentError` when the stored meta is not JSON any more: to run without its tenant is worse than not to run.
 */
export async function handleThrough(middleware: readonly Middleware[], call: HandlerCall): Promise<unknown> {
  const layers = middleware.filter((one) => one.handle !== undefined)
  if (layers.length === 0) return call.handle()
  const { context, payload } = call
  const attempt: HandledAttempt = { context, payload, meta: context.meta }
  const around = layers.map((layer) => (next: () => Promise<unknown>) => layer.handle!(attempt, next))
  return throughLayers(around, call.handle)
}

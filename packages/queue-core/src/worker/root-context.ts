import { AsyncLocalStorage } from 'node:async_hooks'

/**
 * Runs work in the async context in which this module was loaded, not in the caller's. A worker that is started inside
 * a request or a transaction would otherwise carry that request's context, its entity manager and its open
 * transaction, into every job it ever runs.
 */
export const inRootContext = AsyncLocalStorage.snapshot() as <T>(work: () => T) => T

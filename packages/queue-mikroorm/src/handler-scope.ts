import { RequestContext, type MikroORM } from '@mikro-orm/core'
import { AsyncLocalStorage } from 'node:async_hooks'

/**
 * Taken while this module loads, outside of everybody's transaction. A worker is often woken by a commit or started
 * inside a request: what it runs would inherit that transaction, dead or alive, and a fresh request context around it
 * does not help, since the ORM asks its transaction context first.
 */
const outsideOfEverything = AsyncLocalStorage.snapshot()

/** Runs a handler with an identity map of its own and no transaction of anybody else. */
export function runInScope<T>(orm: MikroORM, work: () => Promise<T>): Promise<T> {
  return outsideOfEverything(() => RequestContext.create(orm.em, work))
}

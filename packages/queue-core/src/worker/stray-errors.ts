import { AsyncLocalStorage } from 'node:async_hooks'

type Blame = (error: unknown) => void

const blame = new AsyncLocalStorage<Blame>()

/**
 * Runs work whose stray errors have an owner: whatever it starts and nobody waits for, a promise that rejects or a
 * timer that throws, is still in this async context when the process hears of it.
 */
export function owningStrayErrors<T>(owner: Blame, work: () => T): T {
  return blame.run(owner, work)
}

/** Tells the owner of the present async context; false: nobody owns the error. */
export function blameOwnerOf(error: unknown): boolean {
  const owner = blame.getStore()
  owner?.(error)
  return owner !== undefined
}

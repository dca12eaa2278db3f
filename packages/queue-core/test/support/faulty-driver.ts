import type { StorageDriver } from '../../src/driver/storage-driver.ts'

export type Verb = 'dispatch' | 'claim' | 'extend' | 'settle' | 'reap' | 'prune'
type Call = (request: never) => Promise<unknown>

export interface Faults {
  /** Called before the verb; what it throws happens instead of it. May be replaced at any time. */
  before: (verb: Verb, request: never) => unknown
  /** Called after the verb was applied; what it throws is the caller's answer: the reply is lost. */
  after: (verb: Verb, reply: never) => unknown
}

export const noFaults = (): Faults => ({ before: () => undefined, after: () => undefined })

/** A driver whose calls fail as `faults` says, before or after they were applied. */
export function faultyDriver(driver: StorageDriver, faults: Faults): StorageDriver {
  const wrap =
    (verb: Verb): Call =>
    async (request) => {
      await faults.before(verb, request)
      const reply = await (driver[verb] as Call)(request)
      await faults.after(verb, reply as never)
      return reply
    }
  const verbs = ['dispatch', 'claim', 'extend', 'settle', 'reap', 'prune'] as const
  return { ...driver, ...Object.fromEntries(verbs.map((verb) => [verb, wrap(verb)])) }
}

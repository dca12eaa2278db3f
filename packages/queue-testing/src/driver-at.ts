import type { StorageDriver, Timed } from '@goplate/queue-core'

/** The same driver, told with every request what time it is. A `now` that a request already has stays. */
export function driverAt<Caller extends object>(
  driver: StorageDriver<Caller>,
  now: () => number,
): StorageDriver<Caller> {
  const at = <Request extends Timed>(request: Request): Request => ({ now: now(), ...request })
  const { migrations, transactions, wakeups, reports, pausing, expiry } = driver
  return {
    name: driver.name,
    capabilities: driver.capabilities,
    callerOptions: driver.callerOptions,
    dispatch: (request) => driver.dispatch(at(request)),
    claim: (request) => driver.claim(at(request)),
    extend: (request) => driver.extend(at(request)),
    settle: (request) => driver.settle(at(request)),
    reap: (request) => driver.reap(at(request)),
    cancel: (request) => driver.cancel(at(request)),
    retry: (request) => driver.retry(at(request)),
    find: (request) => driver.find(at(request)),
    list: (request) => driver.list(at(request)),
    count: (request) => driver.count(at(request)),
    prune: (request) => driver.prune(at(request)),
    remove: (request) => driver.remove(at(request)),
    close: () => driver.close(),
    ...(driver.runInScope && { runInScope: <T>(work: () => Promise<T>): Promise<T> => driver.runInScope!(work) }),
    ...(migrations && { migrations }),
    ...(transactions && {
      transactions: {
        ...transactions,
        joins: (caller) => transactions.joins(caller),
        complete: (request) => transactions.complete(at(request)),
        ...(transactions.stage && { stage: (request) => transactions.stage!(at(request)) }),
      },
    }),
    ...(reports && {
      reports: {
        report: (request) => reports.report(at(request)),
        lines: (request) => reports.lines(at(request)),
      },
    }),
    ...(pausing && {
      pausing: {
        pause: (request) => pausing.pause(at(request)),
        resume: (request) => pausing.resume(at(request)),
        paused: (request) => pausing.paused(at(request)),
      },
    }),
    ...(expiry && { expiry: { expire: (request) => expiry.expire(at(request)) } }),
    ...(wakeups && { wakeups }),
  }
}

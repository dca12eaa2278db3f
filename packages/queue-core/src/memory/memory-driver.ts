import type { Clock } from '../clock.ts'
import { noCapabilities } from '../driver/driver-capabilities.ts'
import type { StorageDriver } from '../driver/storage-driver.ts'
import { cancelJobs, retryJobs } from './cancel-and-retry.ts'
import { claimJobs } from './claim-jobs.ts'
import { dispatchJobs } from './dispatch-jobs.ts'
import { expireJobs } from './expire-jobs.ts'
import { extendLeases, reapLeases } from './lease-upkeep.ts'
import { MemoryDatabase } from './memory-database.ts'
import { pause, pausesInForce, resume } from './pauses.ts'
import { countJobs, findJobs, listJobs } from './read-jobs.ts'
import { keepReports, linesOf } from './reports.ts'
import { pruneJobs, removeJobs } from './remove-jobs.ts'
import { settleJobs } from './settle-jobs.ts'

export { MemoryDatabase, type MemorySnapshot } from './memory-database.ts'

export interface MemoryDriverOptions {
  /** Defaults to the system's clock. */
  readonly clock?: Clock
  /** Shared with other drivers of this process; defaults to a new one, which is gone when nobody refers to it. */
  readonly database?: MemoryDatabase
}

/**
 * Stores jobs in this process's memory: for tests, simulations and as the reference of what the contract means. It is
 * obvious rather than fast: a claim looks at every waiting job. Nothing survives the process.
 */
export function memoryDriver(options: MemoryDriverOptions = {}): StorageDriver {
  const database = options.database ?? new MemoryDatabase(options)
  return {
    name: 'memory',
    capabilities: { ...noCapabilities, wakeups: true, reports: true, pausing: true, expiry: true },
    callerOptions: [],
    dispatch: async (request) => database.run(request, (ledger, now) => dispatchJobs(ledger, request.jobs, now)),
    claim: async (request) => database.run(request, (ledger, now) => claimJobs(ledger, request, now)),
    extend: async (request) => database.run(request, (ledger, now) => extendLeases(ledger, request, now)),
    settle: async (request) => database.run(request, (ledger, now) => settleJobs(ledger, request.settlements, now)),
    reap: async (request) => database.run(request, (ledger, now) => reapLeases(ledger, request.confirmed, now)),
    cancel: async (request) => {
      const verdicts = database.run(request, (ledger, now) => cancelJobs(ledger, request, now))
      if (verdicts.includes('requested')) database.cancelRequests.tell()
      return verdicts
    },
    retry: async (request) => database.run(request, (ledger, now) => retryJobs(ledger, request, now)),
    find: async (request) => database.run(request, (ledger) => findJobs(ledger, request)),
    list: async (request) => database.run(request, (ledger) => listJobs(ledger, request)),
    count: async (request) => database.run(request, (ledger, now) => countJobs(ledger, request.filter, now)),
    prune: async (request) => database.run(request, (ledger, now) => pruneJobs(ledger, request, now)),
    remove: async (request) => database.run(request, (ledger) => removeJobs(ledger, request.ids)),
    close: async () => undefined,
    reports: {
      report: async (request) => database.run(request, (ledger, now) => keepReports(ledger, request.reports, now)),
      lines: async (request) => database.run(request, (ledger) => linesOf(ledger, request)),
    },
    pausing: {
      pause: async (request) => database.run(request, (ledger, now) => pause(ledger, request, now)),
      resume: async (request) => database.run(request, (ledger, now) => resume(ledger, request, now)),
      paused: async (request) => database.run(request, (ledger, now) => pausesInForce(ledger, now)),
    },
    expiry: {
      expire: async (request) => database.run(request, (ledger, now) => expireJobs(ledger, request.limit, now)),
    },
    wakeups: {
      fromOtherProcesses: false,
      subscribe: (listener) => database.subscribe(listener),
      onCancelRequested: (listener) => database.cancelRequests.add(listener),
    },
  }
}

import type { DriverExpiry } from '@goplate/queue-core'
import type { Executor } from './executor.ts'
import { numberOf, stringOf } from './row-mapping.ts'
import { expireJobs } from './statements/expire-jobs.ts'

export function postgresExpiry(upkeep: Executor): DriverExpiry {
  return {
    async expire({ limit, now }) {
      const rows = await upkeep.run(expireJobs, [limit], now)
      return rows.map((row) => ({
        jobId: stringOf(row.job),
        type: stringOf(row.type),
        queue: stringOf(row.queue),
        attempt: numberOf(row.attempt),
        maxAttempts: numberOf(row.max_attempts),
      }))
    },
  }
}

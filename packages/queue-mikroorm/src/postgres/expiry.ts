import type { DriverExpiry } from '@goplate/queue-core'
import type { Executor } from './executor.ts'
import { stringOf } from './row-mapping.ts'
import { expireJobs } from './statements/expire-jobs.ts'

export function postgresExpiry(upkeep: Executor): DriverExpiry {
  return {
    async expire({ limit, now }) {
      const rows = await upkeep.run(expireJobs, [limit], now)
      return rows.map(({ job, type, queue }) => ({
        jobId: stringOf(job),
        type: stringOf(type),
        queue: stringOf(queue),
      }))
    },
  }
}

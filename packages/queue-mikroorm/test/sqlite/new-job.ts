import type { ClaimRequest, NewJobRecord } from '@goplate/queue-core'
import { randomUUID } from 'node:crypto'

/** A valid record; the defaults are what no test cares about. */
export function newJob(fields: Partial<NewJobRecord> = {}): NewJobRecord {
  const defaults = { type: 'alpha', queue: 'default', payload: '{}', priority: 0, maxAttempts: 3, maxCrashes: 3 }
  return { ...defaults, ...fields }
}

export function claimOf(fields: Partial<ClaimRequest> = {}): ClaimRequest {
  return {
    leaseId: randomUUID(),
    leaseMs: 30_000,
    worker: 'worker-1',
    queues: [{ queue: 'default', limit: 100 }],
    types: ['alpha'],
    solo: false,
    ...fields,
  }
}

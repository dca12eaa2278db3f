import type { ClaimRef } from '@goplate/queue-core'
import { isJobId } from '../ledger/job-id.ts'
import { isLeaseId } from './lease-id.ts'

/** What the driver adds to the proof of a claim; a ref that was copied may lack it and is served by the slower way. */
export interface PostgresClaimRef extends ClaimRef {
  /** The end of this job frees more than its lease entry. */
  readonly rich?: boolean
  readonly queue?: string
  readonly priority?: number
  /** A settlement of it applied, or its reply was lost. */
  settled?: boolean
}

/** What is not of this driver's making is answered here and never sent to the database. */
export function canBeOurs({ leaseId, position, jobId, epoch }: ClaimRef): boolean {
  return isLeaseId(leaseId) && isJobId(jobId) && isInt4(position) && isInt4(epoch)
}

function isInt4(value: number): boolean {
  return Number.isInteger(value) && Math.abs(value) <= 0x7fffffff
}

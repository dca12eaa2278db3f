import type { JobId } from '@goplate/queue-core'

/** The number behind an id; none for ids that no SQL driver ever gave out. */
export function jobNumber(id: JobId): number | undefined {
  return /^[1-9]\d{0,15}$/.test(id) && Number.isSafeInteger(Number(id)) ? Number(id) : undefined
}

export function jobIdOf(job: number): JobId {
  return String(job)
}

/** An id that the ledger can have given out; everything else names no job. */
export function isJobId(id: JobId): boolean {
  return jobNumber(id) !== undefined
}

import type { JobId } from '@goplate/queue-core'

/** An id that this driver can have made; everything else names no job. */
export function isJobId(id: JobId): boolean {
  return /^[1-9]\d{0,17}$/.test(id)
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

export function isLeaseId(id: string): boolean {
  return uuid.test(id)
}

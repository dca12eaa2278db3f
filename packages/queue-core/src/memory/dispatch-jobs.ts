import type { DispatchReply, DispatchReceipt } from '../driver/storage-driver.ts'
import { StorageError } from '../errors.ts'
import type { NewJobRecord } from '../job/stored-job.ts'
import { lineUp, type Ledger } from './ledger.ts'

/** Decides everything before it stores anything, so that a refused call has stored nothing. */
export function dispatchJobs(ledger: Ledger, records: readonly NewJobRecord[], now: number): DispatchReply {
  for (const record of records) refuseUnstorable(record)
  const firstSequence = ledger.sequence
  const keys = new Map(ledger.keys)
  const receipts: DispatchReceipt[] = []
  for (const [index, { unique }] of records.entries()) {
    const holder = unique && keys.get(unique.key)
    if (holder !== undefined && unique?.onConflict === 'reject') return { stored: false, conflict: { index, holder } }
    const id = holder ?? String(firstSequence + index + 1)
    if (unique !== undefined) keys.set(unique.key, id)
    receipts.push({ id, created: holder === undefined })
  }
  for (const [index, { id, created }] of receipts.entries()) {
    if (created) store(ledger, { id, sequence: firstSequence + index + 1, record: records[index]!, now })
  }
  ledger.sequence = firstSequence + records.length
  ledger.keys = keys
  return { stored: true, receipts }
}

function store(ledger: Ledger, job: { id: string; sequence: number; record: NewJobRecord; now: number }): void {
  const { id, sequence, record, now } = job
  ledger.jobs.set(id, { id, sequence, createdAt: now, record })
  const availableAt = record.delayMs === undefined ? Math.max(record.availableAt ?? now, now) : now + record.delayMs
  lineUp(ledger, { jobId: id, epoch: 0, attempt: 0, crashes: 0, availableAt })
}

/** Core validates; this stands for the column types of a real database, which refuse what does not fit them. */
function refuseUnstorable({ type, priority }: NewJobRecord): void {
  if (Number.isInteger(priority) && priority >= -32768 && priority <= 32767) return
  throw new StorageError('refused', `The priority ${priority} of "${type}" is not an integer of 16 bits.`)
}

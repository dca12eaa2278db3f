import type { DispatchReceipt, DispatchReply, NewJobRecord } from '@goplate/queue-core'
import { jobIdOf } from '../../ledger/job-id.ts'
import { encodeOptions } from '../../ledger/job-options.ts'
import { keyDigest } from '../../ledger/key-digest.ts'
import type { Session } from '../session.ts'
import { insertJob } from '../statements/insert-job.ts'
import { insertPlainJob } from '../statements/insert-plain-job.ts'
import { insertUniqueKey } from '../statements/insert-unique-key.ts'
import { keyHolder } from '../statements/key-holder.ts'
import { takeJobIds } from '../statements/take-job-ids.ts'
import { putDown } from '../waiting-row.ts'

export interface Dispatched {
  readonly reply: DispatchReply & { readonly stored: true }
  /** Queues in which a job is due at once. */
  readonly dueQueues: ReadonlySet<string>
  readonly lastId: number
}

/** A key that must not be held is held: leaves the transaction or savepoint of the dispatch, so that nothing stays. */
export class HeldKey extends Error {
  readonly index: number
  readonly holder: number
  constructor(index: number, holder: number) {
    super(`job ${holder} holds the unique key of job number ${index} of the call`)
    this.index = index
    this.holder = holder
  }
}

export interface DispatchWork {
  readonly jobs: readonly NewJobRecord[]
  readonly now: number
  /** The greatest id that was ever given out here, committed or not. */
  readonly givenOut: number
}

/** @throws HeldKey when a job with `onConflict: 'reject'` met a held key */
export function dispatchJobs(session: Session, { jobs, now, givenOut }: DispatchWork): Dispatched {
  const { last } = session.get(takeJobIds, givenOut, jobs.length, jobs.length)!
  const receipts: DispatchReceipt[] = []
  const dueQueues = new Set<string>()
  for (const [index, job] of jobs.entries()) {
    const id = last - jobs.length + 1 + index
    const holder = takeKey(session, { job, id, index })
    receipts.push({ id: jobIdOf(holder ?? id), created: holder === undefined })
    if (holder !== undefined) continue
    const availableAt = dueTime(job, now)
    store(session, { job, id, availableAt, now })
    if (availableAt <= now) dueQueues.add(job.queue)
  }
  return { reply: { stored: true, receipts }, dueQueues, lastId: last }
}

/** Returns the job that holds the key already. */
function takeKey(
  session: Session,
  { job, id, index }: { job: NewJobRecord; id: number; index: number },
): number | undefined {
  if (job.unique === undefined) return undefined
  const digest = keyDigest(job.unique.key)
  const held = session.get(keyHolder, digest)
  if (held === undefined) {
    session.run(insertUniqueKey, digest, id)
    return undefined
  }
  if (job.unique.onConflict === 'reject') throw new HeldKey(index, held.job)
  return held.job
}

interface Storing {
  readonly job: NewJobRecord
  readonly id: number
  readonly availableAt: number
  readonly now: number
}

function store(session: Session, { job, id, availableAt, now }: Storing): void {
  const { queue, type, priority, maxAttempts, expiresAt, unique, payload } = job
  const options = encodeOptions(job)
  if (options === null && expiresAt === undefined) {
    session.run(insertPlainJob, id, now, availableAt, priority, maxAttempts, queue, type, payload)
  } else {
    const digest = unique === undefined ? null : keyDigest(unique.key)
    const scope = unique === undefined ? null : untilEnded
    session.run(
      insertJob,
      ...([id, now, availableAt, expiresAt ?? null, priority, maxAttempts] as const),
      ...([scope, queue, type, digest, payload, options] as const),
    )
  }
  const place = { job: id, queue, line: '', key: '', priority, type, availableAt, expiresAt: expiresAt ?? null }
  putDown(session, place, { epoch: 0, attempt: 0, crashes: 0, now })
}

/** The scope of a unique key, as the column has it. */
const untilEnded = 2

function dueTime({ delayMs, availableAt }: NewJobRecord, now: number): number {
  if (delayMs !== undefined) return now + Math.ceil(Math.max(0, delayMs))
  return Math.max(now, Math.ceil(availableAt ?? now))
}

import type { ClaimRef, JobId } from '@goplate/queue-core'
import type { Database } from '../../app/orm.ts'

type PresentClaim = Pick<ClaimRef, 'leaseId' | 'position' | 'epoch'>

/** Entries of leases that have no outcome yet: `position` counts from 1. */
const onPostgres = `
  select lease.id as "leaseId", entry.position::int as position, entry.epoch
  from goplate_queue.lease
  cross join unnest(lease.jobs, lease.epochs) with ordinality as entry (job, epoch, position)
  where entry.job = ?::bigint and not exists (
    select from goplate_queue.outcome where outcome.job = entry.job and outcome.epoch = entry.epoch
  )`

/** An entry is `[job, epoch, …]` in a JSON array: `position` counts from 0. */
const onSqlite = `
  select lease.id as leaseId, entry.key as position, entry.value ->> 1 as epoch
  from goplate_queue_lease lease
  cross join json_each(lease.entries) entry
  where entry.value ->> 0 = cast(? as integer) and not exists (
    select 1 from goplate_queue_outcome outcome
    where outcome.job = entry.value ->> 0 and outcome.epoch = entry.value ->> 1
  )`

/** The claim under which a job runs now, read from the queue's own tables: nobody but a saboteur has a use for it. */
export async function presentClaim({ orm, driver }: Database, jobId: JobId): Promise<PresentClaim | undefined> {
  const sql = driver.name === 'sqlite' ? onSqlite : onPostgres
  const rows: unknown = await orm.em.fork().getConnection().execute(sql, [jobId])
  return (rows as PresentClaim[])[0]
}

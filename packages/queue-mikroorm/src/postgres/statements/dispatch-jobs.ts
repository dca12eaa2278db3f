import type { SqlNames } from '../sql-names.ts'
import type { Statement } from '../statement.ts'

/**
 * A dispatch counts from its own statement, not from the start of the transaction it joins: otherwise a delay would
 * shrink by however long the transaction has been open.
 */
export const dispatchClock = 'statement_timestamp()'

/** One parameter per column: the text is the same for any number of jobs. A column nobody uses is null. */
export const jobArrays = `
    $1::bigint[], $2::text[], $3::text[], $4::smallint[], $5::smallint[], $6::json[], $7::json[]`
export const jobColumns = 'id, queue, type, priority, max_attempts, payload, options'

export const timeArrays = '$8::float8[], $9::float8[], $10::float8[]'
export const timeColumns = 'delay_ms, at_ms, expires_ms'

/** An instant that has passed means now. */
export const availableAt = (now: string): string =>
  `coalesce(${now} + delay_ms * interval '1 ms', greatest(to_timestamp(at_ms / 1000), ${now}), ${now})`

/** CTEs that put jobs to where they wait, and those that expire under watch. */
export const placed = (q: SqlNames, jobs: string): string => `
due as (
  insert into ${q.ready} (queue, priority, available_at, job, type)
  select queue, priority, available_at, id, type from ${jobs} where available_at <= ${q.now}
),
delayed as (
  insert into ${q.later} (available_at, job, queue, priority, type)
  select available_at, id, queue, priority, type from ${jobs} where available_at > ${q.now}
),
expiring as (
  insert into ${q.expiry} (expires_at, job) select expires_at, id from ${jobs} where expires_at is not null
)`

/**
 * Plain jobs that are due at once. It inserts only, so it waits for nobody, also inside a long transaction of the
 * caller. Ids are the client's: repeating the statement after a lost reply fails on `job_pkey`, which proves that the
 * first one was committed.
 */
export const dispatchDueJobs: Statement = {
  name: 'dispatch_due_jobs',
  parameters: 7,
  clock: dispatchClock,
  text: (q) => `
with asked as materialized (
  select ${jobColumns} from unnest(${jobArrays}) as asked (${jobColumns})
),
stored as (
  insert into ${q.job} (${jobColumns}, created_at, available_at)
  select ${jobColumns}, ${q.now}, ${q.now} from asked
),
lined_up as (
  insert into ${q.ready} (queue, priority, available_at, job, type)
  select queue, priority, ${q.now}, id, type from asked
)
select 1 as done`,
}

/** The same for jobs of which some are delayed or expire; the rest is due at once. */
export const dispatchTimedJobs: Statement = {
  name: 'dispatch_timed_jobs',
  parameters: 10,
  clock: dispatchClock,
  text: (q) => `
with asked as materialized (
  select ${jobColumns}, to_timestamp(expires_ms / 1000) as expires_at, ${availableAt(q.now)} as available_at
  from unnest(${jobArrays}, ${timeArrays}) as asked (${jobColumns}, ${timeColumns})
),
stored as (
  insert into ${q.job} (${jobColumns}, created_at, available_at, expires_at)
  select ${jobColumns}, ${q.now}, available_at, expires_at from asked
),
${placed(q, 'asked')}
select 1 as done`,
}

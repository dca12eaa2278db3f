import type { SqlNames } from '../sql-names.ts'
import { featureTables } from './feature-tables.ts'
import { jobView } from './job-view.ts'

/**
 * The ledger: a job is in exactly one place, namely `ready`, `later`, `blocked`, an open entry of a `lease`, or a final
 * `outcome`. Text columns are `collate "C"`: their comparisons in the claim's index are then plain bytes, whatever the
 * database's language is.
 */
export function version1(q: SqlNames): readonly string[] {
  return [jobIds(q), job(q), ready(q), later(q), blocked(q), blockedCheck(q), ...lease(q), outcome(q), badOutcomes(q)]
    .concat(featureTables(q))
    .concat(jobView(q))
}

/** A process takes 1,000 ids at a time. */
const jobIds = (q: SqlNames) => `create sequence ${q.job_id} increment by 1000`

/**
 * What was asked; written once (a retry by hand takes off an expiry that is over). `available_at` is where its first
 * waiting row stands; `unique_scope`: 1 until started, 2 until ended, 3 for a time. `options` is never read by SQL on the
 * hot path.
 */
const job = (q: SqlNames) => `
create table ${q.job} (
  id bigint primary key,
  created_at timestamptz not null default now(),
  available_at timestamptz not null,
  expires_at timestamptz,
  batch bigint,
  priority smallint not null,
  max_attempts smallint not null,
  unique_scope smallint,
  parent boolean not null default false,
  queue text collate "C" not null,
  type text collate "C" not null,
  line text collate "C" not null default '',
  key text collate "C" not null default '',
  unique_key text collate "C",
  payload json not null,
  options json
)`

/** Claims delete at the head of this table all the time: the vacuum must keep up and must not truncate. */
const emptiedByClaims = `with (
  autovacuum_vacuum_scale_factor = 0,
  autovacuum_vacuum_threshold = 20000,
  autovacuum_vacuum_cost_delay = 0,
  vacuum_truncate = off
)`

/** Due now; the claim deletes. The key is the claim's order, so no claim sorts at any depth. */
const ready = (q: SqlNames) => `
create table ${q.ready} (
  queue text collate "C" not null,
  line text collate "C" not null default '',
  key text collate "C" not null default '',
  priority smallint not null,
  available_at timestamptz not null,
  job bigint not null,
  epoch int not null default 0,
  attempt smallint not null default 0,
  crashes smallint not null default 0,
  type text collate "C" not null,
  primary key (queue, line, key, priority, available_at, job)
) ${emptiedByClaims}`

/** Its time has not come; promoted in order of time by whoever polls. */
const later = (q: SqlNames) => `
create table ${q.later} (
  available_at timestamptz not null,
  job bigint not null,
  queue text collate "C" not null,
  line text collate "C" not null default '',
  key text collate "C" not null default '',
  priority smallint not null,
  epoch int not null default 0,
  attempt smallint not null default 0,
  crashes smallint not null default 0,
  type text collate "C" not null,
  primary key (available_at, job)
) ${emptiedByClaims}`

/** Waits for other jobs. `checked_at` is when its parents are looked at again; null: no need. */
const blocked = (q: SqlNames) => `
create table ${q.blocked} (
  job bigint primary key,
  waits_for int not null,
  checked_at timestamptz,
  available_at timestamptz not null,
  queue text collate "C" not null,
  line text collate "C" not null default '',
  key text collate "C" not null default '',
  priority smallint not null,
  epoch int not null default 0,
  attempt smallint not null default 0,
  type text collate "C" not null
) with (fillfactor = 70)`

const blockedCheck = (q: SqlNames) =>
  `create index blocked_check on ${q.blocked} (checked_at) where checked_at is not null`

/**
 * One claimed batch. Its id is the worker's 128 random bits: a sequence value that a crashed server forgot would be
 * handed out twice. `external` moves large arrays out of line as they are, so that extending rewrites a small row.
 * `cancelled` names the jobs whose cancel was asked, `cancel_reasons` says why, side by side.
 */
const lease = (q: SqlNames) => [
  `
create table ${q.lease} (
  id uuid primary key,
  worker int not null,
  until timestamptz not null,
  claimed_at timestamptz not null default now(),
  jobs bigint[] not null,
  epochs int[] not null,
  attempts smallint[] not null,
  crashes smallint[] not null,
  cancelled bigint[],
  cancel_reasons text[]
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000)`,
  ...['jobs', 'epochs', 'attempts', 'crashes'].map(
    (column) => `alter table ${q.lease} alter column ${column} set storage external`,
  ),
]

/**
 * What one claim came to; its primary key is the arbiter of every move. `state`: 1 finished, 2 failed, 3 cancelled |
 * 4 retried, 5 snoozed, 6 released, 7 crashed. `available_at` is where the job went back to, if it did. Whoever settles
 * a claim writes `duration`; a reaper has none, and the worker 0 is an operator.
 */
const outcome = (q: SqlNames) => `
create table ${q.outcome} (
  job bigint not null,
  ended_at timestamptz not null default now(),
  available_at timestamptz,
  epoch int not null,
  worker int not null,
  wait int,
  duration int,
  attempt smallint not null,
  state smallint not null,
  final boolean not null,
  reason text collate "C",
  error json,
  result json,
  primary key (job, epoch)
)`

const badOutcomes = (q: SqlNames) =>
  `create index outcome_bad on ${q.outcome} (ended_at, job) where final and state in (2, 3)`

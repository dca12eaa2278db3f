import type { SqlNames } from '../sql-names.ts'

/** Empty until their feature is used. The claim already reads `pause`; the end of a job already empties `unique_key`. */
export function featureTables(q: SqlNames): readonly string[] {
  return [
    `create table ${q.unique_key} (key text collate "C" primary key, job bigint not null, until timestamptz)`,
    ...limits(q),
    ...composition(q),
    ...control(q),
    ...observation(q),
  ]
}

const limits = (q: SqlNames) => [
  `
create table ${q.limiter} (
  name text collate "C" primary key,
  concurrency int,
  rate int,
  per interval,
  burst int not null default 1,
  key_concurrency int,
  key_rate int,
  key_per interval,
  key_burst int not null default 1,
  ordered smallint not null default 0,
  turn text collate "C" not null default '',
  claims bigint not null default 0
) with (fillfactor = 50)`,
  `create table ${q.slot} (job bigint primary key, limiter text collate "C" not null, key text collate "C" not null)`,
  `create index slot_key on ${q.slot} (limiter, key)`,
  `
create table ${q.pace} (
  limiter text collate "C",
  key text collate "C",
  tat timestamptz not null,
  primary key (limiter, key)
) with (fillfactor = 50)`,
]

const composition = (q: SqlNames) => [
  `
create table ${q.dependency} (
  parent bigint,
  child bigint,
  on_failure smallint not null default 1,
  primary key (parent, child)
)`,
  `create index dependency_child on ${q.dependency} (child)`,
  `
create table ${q.batch} (
  id bigint primary key,
  name text collate "C",
  total int not null,
  open int not null,
  failed int not null default 0,
  cancelled int not null default 0,
  callback bigint,
  created_at timestamptz not null default now(),
  ended_at timestamptz
) with (fillfactor = 50)`,
]

const control = (q: SqlNames) => [
  `create table ${q.expiry} (expires_at timestamptz, job bigint, primary key (expires_at, job))`,
  `
create table ${q.pause} (
  kind text collate "C",
  name text collate "C",
  reason text,
  until timestamptz,
  by text,
  at timestamptz not null default now(),
  primary key (kind, name)
)`,
  `
create table ${q.schedule} (
  name text collate "C" primary key,
  rule text not null,
  zone text not null,
  type text collate "C" not null,
  queue text collate "C" not null,
  payload json not null,
  options json,
  missed text not null default 'once',
  overlap text not null default 'allow',
  revision int not null default 1,
  next_at timestamptz,
  paused_at timestamptz
)`,
  `
create table ${q.tick} (
  schedule text collate "C",
  at timestamptz,
  job bigint,
  dispatched_at timestamptz not null default now(),
  primary key (schedule, at)
)`,
  `create table ${q.setting} (name text collate "C" primary key, value json not null)`,
]

const observation = (q: SqlNames) => [
  `
create table ${q.worker} (
  id int generated always as identity primary key,
  name text collate "C" not null,
  host text,
  pid int,
  queues json,
  types json,
  started_at timestamptz not null default now(),
  seen_at timestamptz not null default now(),
  stats json
)`,
  `
create table ${q.statistic} (
  at timestamptz,
  queue text collate "C",
  type text collate "C",
  state smallint,
  count bigint not null,
  wait bigint not null,
  duration bigint not null,
  waits bigint[],
  durations bigint[],
  primary key (at, queue, type, state)
)`,
  `create table ${q.progress} (job bigint primary key, epoch int not null, at timestamptz not null, percent float8 not null)`,
  `
create table ${q.log_line} (
  job bigint,
  epoch int,
  line int,
  at timestamptz not null,
  level smallint not null,
  message text not null,
  primary key (job, epoch, line)
)`,
  `
create table ${q.audit} (
  id bigint generated always as identity primary key,
  at timestamptz not null default now(),
  actor text,
  action text not null,
  subject text,
  count int,
  detail json
)`,
]

import type { Tables } from '../tables.ts'

/**
 * The ledger: a job is in exactly one place, which is ready, later, blocked, an open entry of a lease, or a final
 * outcome. Times are milliseconds since 1970, JSON is text.
 */
export function ledgerTables(t: Tables): readonly string[] {
  return [
    ...askedAndWaiting(t),
    // One claimed batch. `entries` is [[job, epoch, attempts used, crashes], …]; nothing counts down.
    `create table ${t.lease} (
      id text primary key,
      worker integer not null,
      until integer not null,
      claimed_at integer not null,
      entries text not null,
      cancelled text
    )`,
    // What one epoch came to. `claim` is a tag of the lease that settled it, null when nobody's handler decided.
    // States: 1 finished, 2 failed, 3 cancelled (final), 4 retried, 5 snoozed, 6 released, 7 crashed.
    `create table ${t.outcome} (
      job integer not null,
      epoch integer not null,
      attempt integer not null,
      worker integer not null,
      claim integer,
      state integer not null check (state between 1 and 7),
      final integer not null,
      wait integer,
      duration integer,
      ended_at integer not null,
      available_at integer,
      reason text,
      error text,
      result text,
      primary key (job, epoch)
    ) without rowid`,
    `create index ${t.outcome}_bad on ${t.outcome} (ended_at, job) where final and state in (2, 3)`,
    `create table ${t.unique_key} (
      key text primary key,
      job integer not null,
      until integer
    ) without rowid`,
    `create table ${t.setting} (
      name text primary key,
      value
    ) without rowid`,
    `insert into ${t.setting} (name, value) values ('job_id', 0)`,
    `create table ${t.worker} (
      id integer primary key,
      name text not null,
      host text,
      pid integer,
      queues text,
      types text,
      started_at integer,
      seen_at integer,
      stats text
    )`,
    `create index ${t.worker}_name on ${t.worker} (name)`,
  ]
}

function askedAndWaiting(t: Tables): readonly string[] {
  return [
    // What was asked: written once (a retry takes off an expiry that is over), removed by retention. `unique_scope`: 1
    // started, 2 ended, 3 a stretch of time.
    `create table ${t.job} (
      id integer primary key,
      created_at integer not null,
      available_at integer not null,
      expires_at integer,
      batch integer,
      priority integer not null check (priority between -32768 and 32767),
      max_attempts integer not null check (max_attempts between 1 and 32767),
      unique_scope integer,
      parent integer not null default 0,
      queue text not null,
      type text not null,
      line text not null default '',
      key text not null default '',
      unique_key text,
      payload text not null,
      options text
    )`,
    // Due now; the key is the order of claiming, the claim deletes.
    `create table ${t.ready} (
      queue text not null,
      line text not null,
      key text not null,
      priority integer not null,
      available_at integer not null,
      job integer not null,
      epoch integer not null,
      attempt integer not null,
      crashes integer not null,
      type text not null,
      primary key (queue, line, key, priority, available_at, job)
    ) without rowid`,
    // Its time has not come; promoted by whoever claims.
    `create table ${t.later} (
      available_at integer not null,
      job integer not null,
      queue text not null,
      line text not null,
      key text not null,
      priority integer not null,
      epoch integer not null,
      attempt integer not null,
      crashes integer not null,
      type text not null,
      primary key (available_at, job)
    ) without rowid`,
    // Waits for other jobs.
    `create table ${t.blocked} (
      job integer primary key,
      waits_for integer not null,
      available_at integer not null,
      queue text not null,
      line text not null,
      key text not null,
      priority integer not null,
      epoch integer not null,
      attempt integer not null,
      type text not null
    )`,
  ]
}

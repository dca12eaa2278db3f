import type { Tables } from '../tables.ts'

/** Tables that stay empty until their feature is used. They cost a plain job nothing. */
export function featureTables(t: Tables): readonly string[] {
  return [...limitTables(t), ...compositionTables(t), ...scheduleTables(t), ...reportTables(t)]
}

function limitTables(t: Tables): readonly string[] {
  return [
    `create table ${t.limiter} (
      name text primary key,
      concurrency integer, rate integer, per integer, burst integer not null default 1,
      key_concurrency integer, key_rate integer, key_per integer, key_burst integer not null default 1,
      ordered integer not null default 0,
      turn text not null default ''
    ) without rowid`,
    `create table ${t.slot} (job integer primary key, limiter text not null, key text not null)`,
    `create index ${t.slot}_key on ${t.slot} (limiter, key)`,
    `create table ${t.pace} (
      limiter text not null, key text not null, tat real not null, primary key (limiter, key)
    ) without rowid`,
    `create table ${t.expiry} (
      expires_at integer not null, job integer not null, primary key (expires_at, job)
    ) without rowid`,
    `create table ${t.pause} (
      kind text not null, name text not null, reason text, until integer, "by" text, at integer not null,
      primary key (kind, name)
    ) without rowid`,
  ]
}

function compositionTables(t: Tables): readonly string[] {
  return [
    `create table ${t.dependency} (
      parent integer not null, child integer not null, on_failure integer not null default 1,
      primary key (parent, child)
    ) without rowid`,
    `create index ${t.dependency}_child on ${t.dependency} (child)`,
    `create table ${t.batch} (
      id integer primary key, name text, total integer not null, open integer not null,
      failed integer not null default 0, cancelled integer not null default 0, callback integer,
      created_at integer, ended_at integer
    )`,
  ]
}

function scheduleTables(t: Tables): readonly string[] {
  return [
    `create table ${t.schedule} (
      name text primary key, rule text not null, zone text not null, type text not null, queue text not null,
      payload text not null, options text, missed text not null default 'once', overlap text not null default 'allow',
      revision integer not null default 1, next_at integer, paused_at integer
    ) without rowid`,
    `create table ${t.tick} (
      schedule text not null, at integer not null, job integer, dispatched_at integer, primary key (schedule, at)
    ) without rowid`,
  ]
}

function reportTables(t: Tables): readonly string[] {
  return [
    `create table ${t.statistic} (
      at integer not null, queue text not null, type text not null, state integer not null, count integer not null,
      wait integer not null, duration integer not null, waits text, durations text,
      primary key (at, queue, type, state)
    ) without rowid`,
    `create table ${t.progress} (job integer primary key, epoch integer not null, at integer not null, percent real not null)`,
    `create table ${t.log_line} (
      job integer not null, epoch integer not null, line integer not null, at integer not null,
      level integer not null, message text not null, primary key (job, epoch, line)
    ) without rowid`,
    `create table ${t.audit} (
      id integer primary key, at integer not null, actor text, action text not null, subject text, count integer,
      detail text
    )`,
  ]
}

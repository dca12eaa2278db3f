import { createDatabase } from '@goplate/local-postgres'
import type {} from '@goplate/local-postgres/vitest'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { ownSession } from '../../src/postgres/connections.ts'
import { newestVersion, upStatements } from '../../src/postgres/schema/versions.ts'
import { sqlNames } from '../../src/postgres/sql-names.ts'
import { StatementTexts, type Statement } from '../../src/postgres/statement.ts'
import { cancelJobs } from '../../src/postgres/statements/cancel-jobs.ts'
import { claimJobs, claimSoloJob } from '../../src/postgres/statements/claim-jobs.ts'
import { dispatchDueJobs, dispatchTimedJobs } from '../../src/postgres/statements/dispatch-jobs.ts'
import { dispatchUniqueJobs } from '../../src/postgres/statements/dispatch-unique-jobs.ts'
import { expireJobs } from '../../src/postgres/statements/expire-jobs.ts'
import { expiredLeases } from '../../src/postgres/statements/expired-leases.ts'
import { extendLeases } from '../../src/postgres/statements/extend-leases.ts'
import { fateOfClaims } from '../../src/postgres/statements/fate-of-claims.ts'
import { findJobs, findOutcomes } from '../../src/postgres/statements/find-jobs.ts'
import { pruneJobs, removeJobs } from '../../src/postgres/statements/forget-jobs.ts'
import { logLines } from '../../src/postgres/statements/log-lines.ts'
import { promoteJobs } from '../../src/postgres/statements/promote-jobs.ts'
import { reapLeases } from '../../src/postgres/statements/reap-leases.ts'
import { retryJobs } from '../../src/postgres/statements/retry-jobs.ts'
import { settleClaims, settleRichClaims } from '../../src/postgres/statements/settle-claims.ts'
import { storedUnderIds } from '../../src/postgres/statements/stored-under-ids.ts'
import { sweepLeases } from '../../src/postgres/statements/sweep-leases.ts'
import { unlockedLease } from '../../src/postgres/statements/unlocked-lease.ts'
import { whereabouts } from '../../src/postgres/statements/whereabouts.ts'
import { writeReports } from '../../src/postgres/statements/write-reports.ts'

/** Statements that touch a few jobs out of any number. */
const byJob = [
  ...[dispatchDueJobs, dispatchTimedJobs, dispatchUniqueJobs, storedUnderIds],
  ...[claimJobs, claimSoloJob, promoteJobs, extendLeases, sweepLeases],
  ...[settleClaims, settleRichClaims, fateOfClaims, reapLeases, retryJobs, whereabouts, findOutcomes],
  ...[writeReports, logLines, unlockedLease],
]
/** These look at every lease besides: there is one for each claimed batch in hand, so at most some hundreds. */
const overLeases = [expiredLeases, cancelJobs, pruneJobs, removeJobs, findJobs, expireJobs]
/** What runs on connections of the application, with whatever settings these have; reads are planned each time. */
const onTheirConnections = [dispatchDueJobs, dispatchTimedJobs, dispatchUniqueJobs, storedUnderIds]
/** Unnamed statements of `context.complete` are planned each time as well. */
const plannedOnTheirConnections = [findJobs, findOutcomes, logLines, settleClaims, settleRichClaims, fateOfClaims]

const q = sqlNames('goplate_queue')
const texts = new StatementTexts('goplate_queue')
const large = ['job', 'ready', 'later', 'outcome', 'lease', 'expiry', 'progress', 'log_line']

/** What the planner knows, and what is true, at some point in a queue's life. */
const states: readonly (readonly [name: string, reach: () => string])[] = [
  ['empty tables without statistics', () => ''],
  ['jobs waiting, statistics of empty tables', () => `analyze; ${waitingJobs(1, 20_000)}`],
  ['most jobs ended, stale statistics', () => endedJobs(30_000, 30_000)],
  ['fresh statistics', () => 'analyze'],
  ['analyzed while nothing was due', () => `delete from ${q.ready}; analyze; ${waitingJobs(100_001, 20_000)}`],
]

let database: Awaited<ReturnType<typeof createDatabase>>
let fromTheStart: pg.Client
const reached = new Map<string, Record<string, string[]>>()

beforeAll(async () => {
  database = await createDatabase(inject('postgresUrl'))
  const setup = await connect('')
  for (const statement of upStatements(q, { from: 0, to: newestVersion })) await setup.query(statement)
  for (const table of large) await setup.query(`alter table ${q.schema}.${table} set (autovacuum_enabled = off)`)
  fromTheStart = await connect(ownSession())
  for (const [name, reach] of states) {
    await setup.query(reach())
    const fresh = await connect(ownSession())
    const theirs = await connect('set plan_cache_mode = force_generic_plan')
    reached.set(name, {
      ...(await scansOf(fromTheStart, 'prepared at the start', [...byJob, ...overLeases])),
      ...(await scansOf(fresh, 'prepared now', [...byJob, ...overLeases])),
      ...(await scansOf(theirs, "on the application's connection", onTheirConnections)),
      ...(await scansOf(theirs, 'planned there', plannedOnTheirConnections, [
        ...(await emptyTables(setup)),
        'lease', // some dozens here: cheaper to read than to look up
      ])),
    })
    await fresh.end()
    await theirs.end()
  }
  await setup.end()
})
afterAll(async () => {
  await fromTheStart.end()
  await database.drop()
})

describe.each(states)('%s', (state) => {
  it('no statement reads a whole table of jobs', () => {
    const plans = reached.get(state)!
    expect(Object.keys(plans)).toHaveLength(
      2 * (byJob.length + overLeases.length) + onTheirConnections.length + plannedOnTheirConnections.length,
    )
    const bad = Object.entries(plans).filter(([, scans]) => scans.length > 0)
    expect(Object.fromEntries(bad)).toEqual({})
  })
})

it('the test sees a statement that reads a whole table', async () => {
  const scan: Statement = { name: 'scan', parameters: 1, text: ({ job }) => `select * from ${job} where batch = $1` }
  const client = await connect(ownSession())
  expect(await scansOf(client, 'now', [scan])).toEqual({ 'scan, now': ['job'] })
  await client.end()
})

async function connect(settings: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: database.url })
  await client.connect()
  if (settings !== '') await client.query(settings)
  return client
}

/** Nothing is faster than to read an empty table, while it is empty. */
async function emptyTables(client: pg.Client): Promise<string[]> {
  const isEmpty = async (table: string) => {
    const { rows } = await client.query(`select not exists (select from ${q.schema}.${table}) as yes`)
    return rows[0].yes === true
  }
  const empty: string[] = []
  for (const table of large) if (await isEmpty(table)) empty.push(table)
  return empty
}

const prepared = new WeakMap<pg.Client, Set<Statement>>()

/** By statement: the large tables its generic plan reads from end to end. */
async function scansOf(
  client: pg.Client,
  when: string,
  statements: readonly Statement[],
  harmless: readonly string[] = [],
) {
  const known = prepared.get(client) ?? new Set()
  prepared.set(client, known)
  const found: Record<string, string[]> = {}
  for (const statement of statements) {
    if (!known.has(statement)) await client.query(`prepare ${statement.name} as ${texts.bind(statement, []).text}`)
    known.add(statement)
    const nulls = Array.from({ length: statement.parameters }, () => 'null').join(', ')
    const { rows } = await client.query(`explain (format json) execute ${statement.name} (${nulls})`)
    const tolerated = overLeases.includes(statement) ? ['lease'] : []
    found[`${statement.name}, ${when}`] = scannedIn(rows[0]['QUERY PLAN'][0].Plan).filter(
      (table) => large.includes(table) && !tolerated.includes(table) && !harmless.includes(table),
    )
  }
  return found
}

interface PlanNode {
  readonly 'Node Type': string
  readonly 'Relation Name'?: string
  readonly 'Index Cond'?: string
  readonly Plans?: readonly PlanNode[]
}

function scannedIn(node: PlanNode): string[] {
  const below = (node.Plans ?? []).flatMap(scannedIn)
  const relation = node['Relation Name']
  return relation !== undefined && readsAll(node) ? [relation, ...below] : below
}

/** An index that is read without a condition is read from end to end as well. */
function readsAll(node: PlanNode): boolean {
  const type = node['Node Type']
  return type === 'Seq Scan' || (type.startsWith('Index') && node['Index Cond'] === undefined)
}

function waitingJobs(first: number, count: number): string {
  const ids = `generate_series(${first}, ${first + count - 1}) as id`
  return `
    insert into ${q.job} (id, queue, type, priority, max_attempts, payload, available_at)
      select id, 'default', 'alpha', 0, 10, '{}', now() + (id % 10 = 0)::int * interval '1 h' from ${ids};
    insert into ${q.ready} (queue, priority, available_at, job, type)
      select queue, priority, available_at, id, type from ${q.job} where id >= ${first} and id % 10 <> 0;
    insert into ${q.later} (available_at, job, queue, priority, type)
      select available_at, id, queue, priority, type from ${q.job} where id >= ${first} and id % 10 = 0`
}

/** With some leases beside them that still stand. */
function endedJobs(first: number, count: number): string {
  const ids = `generate_series(${first}, ${first + count - 1}) as id`
  return `
    insert into ${q.job} (id, queue, type, priority, max_attempts, payload, available_at)
      select id, 'default', 'alpha', 0, 10, '{}', now() from ${ids};
    insert into ${q.outcome} (job, epoch, attempt, worker, state, final, wait, duration)
      select id, 1, 1, 1, 1 + (id % 50 = 0)::int, true, 1, 1 from ${ids};
    insert into ${q.expiry} (expires_at, job) select now(), id from ${ids};
    insert into ${q.progress} (job, epoch, at, percent) select id, 1, now(), 50 from ${ids};
    insert into ${q.log_line} (job, epoch, line, at, level, message) select id, 1, 1, now(), 1, 'a line' from ${ids};
    insert into ${q.lease} (id, worker, until, jobs, epochs, attempts, crashes)
      select gen_random_uuid(), 1, now() + interval '30 s', array_agg(id), array_agg(1), array_agg(0), array_agg(0)
      from ${ids} group by id / 500`
}

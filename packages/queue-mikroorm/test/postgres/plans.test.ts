import { createDatabase } from '@goplate/local-postgres'
import type {} from '@goplate/local-postgres/vitest'
import { readdir } from 'node:fs/promises'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { ownSession } from '../../src/postgres/connections.ts'
import { newestVersion, upStatements } from '../../src/postgres/schema/versions.ts'
import { sqlNames } from '../../src/postgres/sql-names.ts'
import { StatementTexts, type Statement } from '../../src/postgres/statement.ts'
import { claimJobs, claimSoloJob } from '../../src/postgres/statements/claim-jobs.ts'
import { promoteJobs } from '../../src/postgres/statements/promote-jobs.ts'
import { settleClaims } from '../../src/postgres/statements/settle-claims.ts'
import { coldStatements, hotStatements, type HotStatement } from './hot-statements.ts'
import { faultsOf } from './plan-faults.ts'

const q = sqlNames('goplate_queue')
const texts = new StatementTexts('goplate_queue')
const large = ['job', 'ready', 'later', 'outcome', 'lease', 'unique_key', 'expiry', 'progress', 'log_line']

/** What the planner knows, and what is true, at some point in a queue's life. */
const states: readonly (readonly [name: string, reach: () => string])[] = [
  ['empty, never analyzed', () => ''],
  ['empty, analyzed', () => 'analyze'],
  ['nearly empty, analyzed', () => `${waitingJobs(1, 10)}; ${endedJobs(500, 10)}; analyze`],
  ['200,000 jobs, statistics of nearly none', () => `${endedJobs(1000, 100_000)}; ${waitingJobs(200_001, 100_000)}`],
  ['fresh statistics', () => 'analyze'],
  ['analyzed while nothing was due', () => `delete from ${q.ready}; analyze; ${waitingJobs(400_001, 20_000)}`],
]

interface Way {
  readonly name: string
  readonly settings: string
  readonly statements: readonly HotStatement[]
  /** A plan that is made anew for each call may read and sort a small table: nothing is faster. */
  readonly isKept: boolean
}
const unprepared = 'set plan_cache_mode = force_custom_plan'
const prepared = 'set plan_cache_mode = force_generic_plan'
const pooled = hotStatements.filter(({ isPooled }) => isPooled === true)
const ways: readonly Way[] = [
  { name: "the driver's own connection", settings: ownSession(), statements: hotStatements, isKept: true },
  { name: 'prepared on the pool', settings: prepared, statements: pooled, isKept: true },
  { name: 'unprepared: behind a pooler', settings: unprepared, statements: hotStatements, isKept: false },
]
const smallest = 1000

/**
 * Without the driver's settings nothing keeps the planner from this while it believes that nothing is due. The next
 * analysis of the table ends it, since these statements are planned each time.
 */
const untilAnalyzed: Readonly<Record<string, readonly string[]>> = {
  'analyzed while nothing was due': ['claim_jobs, unprepared: behind a pooler sorts ready'],
}

let database: Awaited<ReturnType<typeof createDatabase>>
let setup: pg.Client
const reached = new Map<string, Record<string, string[]>>()
const clients: pg.Client[] = []

beforeAll(async () => {
  database = await createDatabase(inject('postgresUrl'))
  setup = await connect('')
  for (const statement of upStatements(q, { from: 0, to: newestVersion })) await setup.query(statement)
  for (const table of large) await setup.query(`alter table ${q.schema}.${table} set (autovacuum_enabled = off)`)
  // These keep the plans they made while the tables were empty, for as long as the server lets them.
  const fromTheStart = await Promise.all(ways.map(({ settings }) => connect(settings)))
  for (const [name, reach] of states) {
    await setup.query(reach())
    reached.set(name, await faultsNow(fromTheStart))
  }
}, 180_000)
afterAll(async () => {
  await Promise.all(clients.map((client) => client.end().catch(() => undefined)))
  await database.drop()
})

it('every statement is listed, as hot or with a reason', async () => {
  const listed = [...hotStatements.map(({ statement }) => statement.name), ...Object.keys(coldStatements)]
  expect(await unlisted(listed)).toEqual([])
  expect(listed.toSorted()).toEqual((await unlisted([])).toSorted()) // none twice, none that is gone
  expect(await unlisted(listed.filter((name) => name !== 'settle_claims'))).toEqual(['settle_claims'])
})

describe.each(states)('%s', (state) => {
  it('no hot statement reads or sorts a whole table of jobs', () => {
    const faults = reached.get(state)!
    expect(Object.keys(faults)).toHaveLength(ways.reduce((sum, { statements }) => sum + statements.length, 0))
    const found = Object.entries(faults).flatMap(([run, them]) => them.map((fault) => `${run} ${fault}`))
    expect([...new Set(found)]).toEqual(untilAnalyzed[state] ?? [])
  })
})

describe('the checks see', () => {
  const order = `alter table ${q.ready} drop constraint ready_pkey`
  const otherOrder = `${order}; create index other on ${q.ready} (queue, line, key, job)`
  const later = `alter table ${q.later} drop constraint later_pkey`
  const broken: readonly (readonly [what: string, break_: string, statement: Statement, fault: string])[] = [
    ['a claim without its index', order, claimJobs, 'reads ready'],
    ['a claim whose index has another order', otherOrder, claimJobs, 'sorts ready'],
    ['a claim of crashed jobs whose index has another order', otherOrder, claimSoloJob, 'sorts ready'],
    ['a promotion without its index', later, promoteJobs, 'reads later'],
    [
      'a settlement without the key of the lease',
      `alter table ${q.lease} drop constraint lease_pkey`,
      settleClaims,
      'reads lease',
    ],
    ['a question by a column without an index', '', byBatch(), 'reads job'],
    ['a history in an order without an index', '', inOrderOfPayload(), 'sorts job'],
  ]
  it.each(broken)('%s', async (_, break_, statement, fault) => {
    const client = await connect(ownSession())
    const call = hotStatements.find((one) => one.statement === statement)?.call ?? '1'
    await client.query('begin')
    if (break_ !== '') await client.query(break_)
    const faults = await faultsIn(client, { statement, call })
    await client.query('rollback')
    expect(faults).toContain(fault)
  })
})

function byBatch(): Statement {
  return { name: 'by_batch', parameters: 1, text: ({ job }) => `select * from ${job} where batch = $1` }
}
function inOrderOfPayload(): Statement {
  const text = ({ job }: typeof q) => `select id from ${job} where id > $1 order by payload::text limit 10`
  return { name: 'in_order_of_payload', parameters: 1, text }
}

/** The names of the statements in `src` that are not in the list. */
async function unlisted(listed: readonly string[]): Promise<string[]> {
  const folder = new URL('../../src/postgres/statements/', import.meta.url)
  const names: string[] = []
  for (const file of await readdir(folder)) {
    const exported: Record<string, unknown> = await import(new URL(file, folder).href)
    names.push(
      ...Object.values(exported)
        .filter(isStatement)
        .map(({ name }) => name),
    )
  }
  return names.filter((name) => !listed.includes(name))
}

function isStatement(value: unknown): value is Statement {
  return typeof value === 'object' && value !== null && 'text' in value && 'parameters' in value
}

async function connect(settings: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: database.url })
  clients.push(client)
  await client.connect()
  if (settings !== '') await client.query(settings)
  return client
}

async function faultsNow(fromTheStart: readonly pg.Client[]): Promise<Record<string, string[]>> {
  const faults: Record<string, string[]> = {}
  const small = await smallTables()
  for (const [index, { name, settings, statements, isKept }] of ways.entries()) {
    const fresh = await connect(settings)
    for (const hot of statements) {
      const harmless = (fault: string) => !isKept && small.includes(fault.split(' ')[1]!)
      const old = await faultsIn(fromTheStart[index]!, hot)
      const now = await faultsIn(fresh, hot)
      faults[`${hot.statement.name}, ${name}`] = [...old, ...now].filter((fault) => !harmless(fault))
    }
    await fresh.end()
  }
  return faults
}

async function smallTables(): Promise<string[]> {
  const sizes = large.map((table) => `(select count(*) from ${q.schema}.${table})::int as ${table}`)
  const { rows } = await setup.query(`select ${sizes.join(', ')}`)
  return large.filter((table) => rows[0][table] < smallest)
}

async function faultsIn(client: pg.Client, { statement, call, reads = [] }: HotStatement): Promise<string[]> {
  const { rows: before } = await client.query('select from pg_prepared_statements where name = $1', [statement.name])
  if (before.length === 0) await client.query(`prepare ${statement.name} as ${texts.bind(statement, []).text}`)
  const { rows } = await client.query(`explain (format json) execute ${statement.name} (${call})`)
  const isLarge = (fault: string) => large.includes(fault.split(' ')[1]!)
  const byDesign = reads.flatMap((table) => [`reads ${table}`, `sorts ${table}`])
  return faultsOf(rows[0]['QUERY PLAN'][0].Plan).filter((fault) => isLarge(fault) && !byDesign.includes(fault))
}

function waitingJobs(first: number, count: number): string {
  const ids = `generate_series(${first}, ${first + count - 1}) as id`
  return `
    insert into ${q.job} (id, queue, type, priority, max_attempts, payload, available_at)
      select id, 'default', 'alpha', 0, 10, '{}', now() + (id % 20 = 0)::int * interval '1 h' from ${ids};
    insert into ${q.ready} (queue, priority, available_at, job, type)
      select queue, priority, available_at, id, type from ${q.job} where id >= ${first} and id % 10 <> 0;
    insert into ${q.later} (available_at, job, queue, priority, type)
      select available_at, id, queue, priority, type from ${q.job} where id >= ${first} and id % 10 = 0`
}

/** With leases beside them that still stand. */
function endedJobs(first: number, count: number): string {
  const ids = `generate_series(${first}, ${first + count - 1}) as id`
  return `
    insert into ${q.job} (id, queue, type, priority, max_attempts, payload, available_at)
      select id, 'default', 'alpha', 0, 10, '{}', now() from ${ids};
    insert into ${q.outcome} (job, epoch, attempt, worker, state, final, wait, duration)
      select id, 1, 1, 1, 1 + (id % 50 = 0)::int, true, 1, 1 from ${ids};
    insert into ${q.unique_key} (key, job) select 'key ' || id, id from ${ids} where id % 4 = 0;
    insert into ${q.expiry} (expires_at, job) select now(), id from ${ids};
    insert into ${q.progress} (job, epoch, at, percent) select id, 1, now(), 50 from ${ids};
    insert into ${q.log_line} (job, epoch, line, at, level, message) select id, 1, 1, now(), 1, 'a line' from ${ids};
    insert into ${q.lease} (id, worker, until, jobs, epochs, attempts, crashes)
      select ('00000000-0000-4000-8000-' || lpad((id / 500)::text, 12, '0'))::uuid, 1, now() + interval '30 s',
        array_agg(id), array_agg(1), array_agg(0), array_agg(0)
      from ${ids} group by id / 500`
}

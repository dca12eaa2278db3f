import type { ContenderId, StoreKind } from '../contender.ts'
import type { ContenderInfo, Result, Results } from '../results.ts'
import type { Scenario, ScenarioId } from '../scenario.ts'
import { scenarios } from '../scenarios/all.ts'
import { betterFirst, figure, isOurs, leadOver, percent, times } from './figures.ts'

/** The contenders that are compared with each other: what is reached over a connection, and what runs in the process. */
export const groups = [
  { id: 'servers', title: 'PostgreSQL and Redis', stores: ['postgresql', 'redis'] },
  { id: 'sqlite', title: 'SQLite', stores: ['sqlite'] },
] as const satisfies readonly { id: string; title: string; stores: readonly StoreKind[] }[]
export type Group = (typeof groups)[number]

/** One scenario in one group, the best first. */
export interface ResultTable {
  readonly scenario: Scenario
  readonly group: Group
  readonly columns: readonly { readonly title: string; readonly number: boolean }[]
  readonly rows: readonly TableRow[]
}

export interface TableRow {
  readonly ours: boolean
  readonly cells: readonly string[]
}

interface Column {
  readonly title: string
  readonly number: boolean
  /** Whether anything in these results fills it; absent: always shown. */
  readonly filled?: (result: Result) => boolean
  cell(row: Row): string
}

/** A result with what it is measured against. */
export interface Row {
  readonly result: Result
  readonly info: ContenderInfo
  readonly ours: Result | undefined
}

export const storeNames = { postgresql: 'PG', redis: 'Redis', sqlite: 'SQLite' } as const

export function resultTables(results: Results): ResultTable[] {
  return scenarios.flatMap((scenario) =>
    groups.flatMap((group) => {
      const rows = rowsOf(results, scenario, group)
      return rows.length === 0 ? [] : [tableOf(scenario, group, rows)]
    }),
  )
}

/** The results of one scenario in one group, the best first, each with ours of that group. */
export function rowsOf(results: Results, scenario: Scenario, group: Group): Row[] {
  const infos = new Map(results.contenders.map((info) => [info.id, info]))
  const found = results.results
    .filter((result) => result.scenario === scenario.id)
    .flatMap((result) => {
      const info = infos.get(result.contender)
      return info !== undefined && group.stores.some((store) => store === info.store) ? [{ result, info }] : []
    })
    .sort((a, b) => betterFirst(scenario.figure)(a.result, b.result))
  const ours = found.find(({ result }) => isOurs(result.contender))?.result
  return found.map((row) => ({ ...row, ours }))
}

export function resultOf(results: Results, scenario: ScenarioId, contender: ContenderId): Result | undefined {
  return results.results.find((result) => result.scenario === scenario && result.contender === contender)
}

function tableOf(scenario: Scenario, group: Group, rows: readonly Row[]): ResultTable {
  const columns = columnsOf(scenario).filter(
    ({ filled }) => filled === undefined || rows.some((row) => filled(row.result)),
  )
  return {
    scenario,
    group,
    columns: columns.map(({ title, number }) => ({ title, number })),
    rows: rows.map((row) => ({
      ours: isOurs(row.result.contender),
      cells: columns.map((column) => column.cell(row)),
    })),
  }
}

function columnsOf(scenario: Scenario): Column[] {
  const latency = scenario.figure === 'p50Ms'
  return [
    { title: 'contender', number: false, cell: ({ info }) => info.title },
    { title: 'store', number: false, cell: ({ info }) => storeNames[info.store] },
    { title: 'history', number: false, cell: ({ info }) => info.history },
    { title: 'jobs × rounds', number: true, cell: ({ result }) => `${figureOfCount(result.jobs)} × ${result.rounds}` },
    // With one dispatch at a time the rate is the pace of the producer.
    ...(latency ? [] : [{ ...numeric('jobs/s', 'jobsPerSecond'), filled: () => true }]),
    numeric('p50 ms', 'p50Ms'),
    numeric('p99 ms', 'p99Ms'),
    {
      title: 'spread',
      number: true,
      filled: spreads,
      cell: ({ result }) => percent(spreads(result) ? result.spread : undefined),
    },
    ...(latency ? [] : [numeric('first third', 'firstThirdPerSecond'), numeric('last third', 'lastThirdPerSecond')]),
    numeric('client CPU µs/job', 'clientCpuUsPerJob'),
    numeric('server CPU µs/job', 'serverCpuUsPerJob'),
    numeric('WAL B/job', 'walBytesPerJob'),
    numeric('statements/job', 'statementsPerJob'),
    numeric('RSS MiB', 'rssMiB'),
    {
      title: latency ? 'it ÷ ours' : 'ours ÷ it',
      number: true,
      cell: ({ result, ours }) => times(leadOver(result, ours, scenario.figure)),
    },
  ]
}

function numeric(title: string, key: Exclude<keyof Result, 'scenario' | 'contender'>): Column {
  return { title, number: true, filled: has(key), cell: ({ result }) => figure(result[key]) }
}

/** A column of zeros says nothing: SQLite has no server. */
function has(key: keyof Result): (result: Result) => boolean {
  return (result) => result[key] !== undefined && result[key] !== 0
}

/** One round has no span. */
function spreads(result: Result): boolean {
  return result.rounds > 1 && result.spread !== undefined
}

function figureOfCount(count: number): string {
  return count.toLocaleString('en-US')
}

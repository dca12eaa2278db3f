import type { Scenario, ScenarioId } from '../scenario.ts'
import { scenarios } from '../scenarios/all.ts'
import type { BarColumn } from './bar-plot.ts'
import type { Row } from './result-tables.ts'

/** What the plot of a scenario shows. */
export function columnsOf(scenario: Scenario): readonly BarColumn[] {
  if (scenario.figure === 'p50Ms') return [p50(scenario, 'p50 ms'), p99(scenario)]
  if (scenario.id === 'deep-backlog' || scenario.id === 'held-snapshot') {
    return [
      { title: 'jobs/s, first third', scenario, value: ({ result }) => result.firstThirdPerSecond },
      { title: 'jobs/s, last third', scenario, value: ({ result }) => result.lastThirdPerSecond },
    ]
  }
  return [
    rate(scenario, 'jobs/s'),
    {
      title: 'CPU µs/job, client + server (less is better)',
      scenario,
      value: cpu,
    },
  ]
}

/** The pictures in the README. */
export const pictures = [
  {
    file: 'bench-dispatch.svg',
    title: 'Dispatched jobs per second',
    columns: () => [
      rate(scenarioOf('bulk-dispatch'), 'jobs/s, in batches'),
      rate(scenarioOf('single-dispatch'), 'jobs/s, one by one, 32 callers'),
    ],
  },
  {
    file: 'bench-drain.svg',
    title: 'Jobs per second out of a backlog',
    columns: () => [
      rate(scenarioOf('drain'), 'jobs/s, one worker process'),
      rate(scenarioOf('drain-two'), 'jobs/s, two worker processes'),
    ],
  },
  {
    file: 'bench-pickup.svg',
    title: 'Milliseconds from dispatch to handler, idle worker (less is better)',
    columns: () => [p50(scenarioOf('pickup'), 'p50 ms'), p99(scenarioOf('pickup'))],
  },
] as const satisfies readonly { file: string; title: string; columns: () => readonly BarColumn[] }[]

export type Picture = (typeof pictures)[number]

export function scenarioOf(id: ScenarioId): Scenario {
  return scenarios.find((scenario) => scenario.id === id)!
}

function rate(scenario: Scenario, title: string): BarColumn {
  return { title, scenario, value: ({ result }) => result.jobsPerSecond }
}

function p50(scenario: Scenario, title: string): BarColumn {
  return { title, scenario, value: ({ result }) => result.p50Ms }
}

function p99(scenario: Scenario): BarColumn {
  return { title: 'p99 ms', scenario, value: ({ result }) => result.p99Ms }
}

/** Undefined when only one of the two was measured. SQLite works inside the clients. */
function cpu({ result, info }: Row): number | undefined {
  const server = info.store === 'sqlite' ? 0 : result.serverCpuUsPerJob
  return result.clientCpuUsPerJob === undefined || server === undefined ? undefined : result.clientCpuUsPerJob + server
}

import type { ContenderId } from '../contender.ts'
import type { Result, Results } from '../results.ts'
import type { ScenarioId } from '../scenario.ts'
import { scenarios } from '../scenarios/all.ts'
import { figure, isOurs, leadOver, quotient } from './figures.ts'
import { resultOf } from './result-tables.ts'

/**
 * What must not get worse, as figures that another machine can repeat: ratios within one run, and what is counted per
 * job. docs/bench/baseline.json holds one of them.
 */
export interface Baseline {
  readonly at: string
  readonly commit: string
  readonly gauges: readonly Gauge[]
}

export interface Gauge {
  readonly scenario: ScenarioId
  readonly ours: ContenderId
  readonly kind: GaugeKind
  /** Whom the ratio is taken with; absent for what is counted. */
  readonly reference?: ContenderId
  readonly value: number
}

export type GaugeKind = keyof typeof bands

/** How far a figure may go the wrong way, as a share of the baseline's. */
const bands = {
  lead: { names: 'lead over', worse: -0.25 },
  clientCpu: { names: 'client CPU per job relative to', worse: 0.25 },
  serverCpu: { names: 'server CPU per job relative to', worse: 0.25 },
  walBytes: { names: 'WAL bytes per job', worse: 0.1 },
  statements: { names: 'statements per job', worse: 0.1 },
} as const

/** Ours is compared with these: fast enough to be measured in every round, and stable. The first is the limit. */
const references: Partial<Record<ContenderId, readonly [ContenderId, ...ContenderId[]]>> = {
  'goplate-postgres': ['raw-postgres-keep', 'raw-postgres-delete', 'graphile-worker', 'pg-boss', 'bullmq'],
  'goplate-sqlite': ['raw-sqlite-keep', 'raw-sqlite-delete'],
}

export interface Verdict {
  /** One sentence with figures each. */
  readonly failures: readonly string[]
  readonly compared: number
  /** Gauges whose contenders this run did not measure together: nothing is known about them. */
  readonly notCompared: readonly string[]
}

export function baselineOf(results: Results): Baseline {
  return { at: results.at, commit: results.commit, gauges: gaugesOf(results) }
}

export function gate(results: Results, baseline: Baseline): Verdict {
  const now = new Map(gaugesOf(results).map((gauge) => [nameOf(gauge), gauge.value]))
  const [failures, notCompared]: [string[], string[]] = [[], []]
  for (const gauge of baseline.gauges) {
    const value = now.get(nameOf(gauge))
    if (value !== undefined) failures.push(...failureOf(gauge, value))
    else if (wasMeasured(results, gauge)) failures.push(`${nameOf(gauge)}: no figure, was ${figure(gauge.value)}`)
    else notCompared.push(nameOf(gauge))
  }
  const compared = baseline.gauges.length - notCompared.length
  if (compared === 0) failures.push('Nothing in these results can be compared with the baseline')
  return { failures, compared, notCompared }
}

function failureOf(gauge: Gauge, value: number): string[] {
  const { worse } = bands[gauge.kind]
  const bound = gauge.value * (1 + worse)
  const within = worse < 0 ? value >= bound : value <= bound
  if (within) return []
  const limit = `${worse < 0 ? 'at least' : 'at most'} ${figure(bound)}`
  return [`${nameOf(gauge)}: ${figure(value)}, was ${figure(gauge.value)}, may be ${limit}`]
}

function gaugesOf(results: Results): Gauge[] {
  return results.results
    .filter((result) => isOurs(result.contender))
    .flatMap((ours) => {
      const others = (references[ours.contender] ?? []).flatMap((id) => resultOf(results, ours.scenario, id) ?? [])
      return [...leadGauges(ours, others), ...costGauges(results, ours)]
    })
}

function leadGauges(ours: Result, others: readonly Result[]): Gauge[] {
  const by = scenarios.find(({ id }) => id === ours.scenario)!.figure
  return others.flatMap((other) =>
    gaugeOf(ours, 'lead', { reference: other.contender, value: leadOver(other, ours, by) }),
  )
}

function costGauges(results: Results, ours: Result): Gauge[] {
  const limit = resultOf(results, ours.scenario, references[ours.contender]![0])
  const relative = (key: 'clientCpuUsPerJob' | 'serverCpuUsPerJob') =>
    limit && { reference: limit.contender, value: quotient(ours[key], limit[key]) }
  return [
    ...gaugeOf(ours, 'clientCpu', relative('clientCpuUsPerJob')),
    ...gaugeOf(ours, 'serverCpu', relative('serverCpuUsPerJob')),
    ...gaugeOf(ours, 'walBytes', { value: ours.walBytesPerJob }),
    ...gaugeOf(ours, 'statements', { value: ours.statementsPerJob }),
  ]
}

function gaugeOf(
  { scenario, contender }: Result,
  kind: GaugeKind,
  read: { readonly reference?: ContenderId; readonly value: number | undefined } | undefined,
): Gauge[] {
  if (read?.value === undefined) return []
  return [{ scenario, ours: contender, kind, ...read, value: Number(read.value.toPrecision(4)) }]
}

function nameOf({ scenario, ours, kind, reference }: Gauge): string {
  return [`${scenario}, ${ours}:`, bands[kind].names, ...(reference ? [reference] : [])].join(' ')
}

function wasMeasured(results: Results, { scenario, ours, reference = ours }: Gauge): boolean {
  return [ours, reference].every((id) => resultOf(results, scenario, id) !== undefined)
}

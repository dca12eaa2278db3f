import type { BenchOptions } from './command-line.ts'
import type { Contender, ContenderId } from './contender.ts'
import { median } from './measure/figures.ts'
import type { Measurement, Result } from './results.ts'
import type { Scenario, ScenarioId } from './scenario.ts'
import { scenarios } from './scenarios/all.ts'
import { shareOf } from './slow-contenders.ts'
import type { Store } from './stores/store.ts'

export interface Entrant {
  readonly contender: Contender
  readonly store: Store
}

interface Run {
  readonly scenario: ScenarioId
  readonly contender: ContenderId
  readonly measurement: Measurement
}

/**
 * Every round runs every scenario with every contender, one after the other, so that whatever else the machine does
 * meets all of them alike; the middle round of three counts.
 */
export async function runRounds(
  options: BenchOptions,
  entrants: readonly Entrant[],
  tell: (line: string) => void,
): Promise<Result[]> {
  const runs: Run[] = []
  for (let round = 1; round <= options.rounds; round += 1) {
    for (const scenario of scenarios.filter(({ id }) => options.scenarios.includes(id))) {
      tell(`round ${round} of ${options.rounds}, ${scenario.number} ${scenario.title}`)
      for (const { contender, store } of entrants) {
        if (!scenario.contenders.includes(contender.id)) continue
        const measurement = await runOnce({ scenario, contender, store, scale: options.scale })
        runs.push({ scenario: scenario.id, contender: contender.id, measurement })
        tell(`  ${contender.title.padEnd(55)} ${figure(scenario, measurement)}`)
      }
    }
  }
  return medians(runs)
}

async function runOnce(run: { scenario: Scenario; contender: Contender; store: Store; scale: number }) {
  const { scenario, contender, store } = run
  const place = await store.create()
  try {
    await contender.prepare(place.url)
    const scale = run.scale * shareOf(contender.id)
    return await scenario.run({ contender: contender.id, store, url: place.url, scale })
  } finally {
    await place.drop()
  }
}

function figure(scenario: Scenario, measurement: Measurement): string {
  const value = measurement[scenario.figure] ?? 0
  return scenario.figure === 'p50Ms' ? `${value.toFixed(2)} ms` : `${Math.round(value).toLocaleString('en')} jobs/s`
}

function medians(runs: readonly Run[]): Result[] {
  const groups = Map.groupBy(runs, ({ scenario, contender }) => `${scenario} ${contender}`)
  return [...groups.values()].map((group) => {
    const { scenario, contender, measurement } = group[0]!
    const names = Object.keys(measurement) as (keyof Measurement)[]
    const middle = Object.fromEntries(
      names.map((name) => [name, median(group.flatMap((run) => run.measurement[name] ?? []))]),
    ) as unknown as Measurement
    const rates = group.flatMap((run) => run.measurement.jobsPerSecond ?? [])
    const spread = (Math.max(...rates) - Math.min(...rates)) / median(rates)
    return { scenario, contender, rounds: group.length, ...middle, spread }
  })
}

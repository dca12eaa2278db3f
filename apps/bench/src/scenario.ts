import type { ContenderId } from './contender.ts'
import type { Store } from './stores/store.ts'
import type { Measurement } from './results.ts'

export const scenarioIds = [
  'bulk-dispatch',
  'single-dispatch',
  'drain',
  'drain-two',
  'pickup',
  'end-to-end',
  'deep-backlog',
  'held-snapshot',
  'transactional-dispatch',
] as const
export type ScenarioId = (typeof scenarioIds)[number]

export interface Scenario {
  readonly id: ScenarioId
  /** Its number in the tables of earlier measurements. */
  readonly number: string
  readonly title: string
  /** Which figure its table is sorted by, and which way is better. */
  readonly figure: 'jobsPerSecond' | 'p50Ms'
  contenders: readonly ContenderId[]
  run(setting: Setting): Promise<Measurement>
}

export interface Setting {
  readonly contender: ContenderId
  /** An empty store with the contender's tables. */
  readonly store: Store
  readonly url: string
  /** Full size 1; less for slow contenders and for smoke runs. */
  readonly scale: number
}

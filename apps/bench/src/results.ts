import type { ContenderId, StoreKind } from './contender.ts'
import type { ScenarioId } from './scenario.ts'

/** One run of one scenario with one contender in one round. Absent: not measured here, or not there to measure. */
export interface Measurement {
  readonly jobs: number
  readonly jobsPerSecond?: number
  /** Of all client processes together, user and system. */
  readonly clientCpuUsPerJob?: number
  /** Of the database's processes together. */
  readonly serverCpuUsPerJob?: number
  readonly walBytesPerJob?: number
  /** What went over PostgreSQL connections of the clients, per job. */
  readonly statementsPerJob?: number
  /** Of the largest client process, at its end. */
  readonly rssMiB?: number
  readonly p50Ms?: number
  readonly p99Ms?: number
  /** Rate in the first and the last third of the time. */
  readonly firstThirdPerSecond?: number
  readonly lastThirdPerSecond?: number
}

/** Medians over the rounds, and the span of the rate: (max − min) / median. */
export interface Result extends Measurement {
  readonly scenario: ScenarioId
  readonly contender: ContenderId
  readonly rounds: number
  readonly spread?: number
}

export interface Results {
  readonly at: string
  readonly commit: string
  readonly command: string
  readonly machine: {
    readonly cpu: string
    readonly cores: number
    readonly memoryGiB: number
    readonly system: string
  }
  readonly versions: Readonly<Record<string, string>>
  readonly contenders: readonly ContenderInfo[]
  readonly leftOut: readonly { readonly contender: ContenderId; readonly reason: string }[]
  readonly results: readonly Result[]
}

export interface ContenderInfo {
  readonly id: ContenderId
  readonly title: string
  readonly store: StoreKind
  readonly history: 'kept' | 'deleted'
  readonly setup: string
}

import type { Setting } from '../scenario.ts'

export const studyIds = [
  'deep-queue',
  'long-history',
  'foreign-head',
  'retention',
  'memory',
  'disk',
  'workers',
  'producers',
  'steady',
] as const
export type StudyId = (typeof studyIds)[number]

/** What one case came to in one round. Names are the columns of the table. */
export type Figures = Readonly<Record<string, number>>

/** One question about our own queue on PostgreSQL, answered by cases that differ in one thing. */
export interface Study {
  readonly id: StudyId
  readonly title: string
  /** As a reader would say it. */
  readonly goal: string
  /** The first is what the others are compared with, round by round. */
  readonly cases: readonly Case[]
  /** A case changes its database so that a second round in it would measure something else. */
  readonly freshEachRound?: true
}

export interface Case {
  readonly title: string
  /** Once in an empty database of its own with the queue's tables. */
  prepare(setting: Setting): Promise<void>
  /** Once a round. */
  measure(setting: Setting): Promise<Figures>
}

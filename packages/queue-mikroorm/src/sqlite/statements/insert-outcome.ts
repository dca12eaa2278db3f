import type { Sql } from '../session.ts'

export type OutcomeValues = [
  job: number,
  epoch: number,
  attempt: number,
  worker: number,
  claim: number | null,
  state: number,
  final: number,
  wait: number | null,
  duration: number | null,
  endedAt: number,
  availableAt: number | null,
  reason: string | null,
  error: string | null,
  result: string | null,
]

/** The primary key (job, epoch) is the arbiter of every move: who inserts the row moves the job, nobody else does. */
export const insertOutcome: Sql<never, OutcomeValues> = ({ outcome }) => `
  insert into ${outcome} (job, epoch, attempt, worker, claim, state, final, wait, duration, ended_at,
    available_at, reason, error, result)
  values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  on conflict (job, epoch) do nothing`

import type { Sql } from '../session.ts'

/** The usual end, with fewer values to bind; the same arbiter. */
export const insertFinished: Sql<
  never,
  [
    job: number,
    epoch: number,
    attempt: number,
    worker: number,
    claim: number,
    wait: number,
    duration: number,
    endedAt: number,
    result: string | null,
  ]
> = ({ outcome }) => `
  insert into ${outcome} (job, epoch, attempt, worker, claim, state, final, wait, duration, ended_at, result)
  values (?, ?, ?, ?, ?, 1, 1, ?, ?, ?, ?)
  on conflict (job, epoch) do nothing`

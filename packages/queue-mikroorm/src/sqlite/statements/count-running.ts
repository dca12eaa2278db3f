import type { Sql } from '../session.ts'
import { eachEntry } from './each-entry.ts'

export interface RunningCount {
  readonly queue: string
  readonly type: string
  readonly count: number
}

/** Running is what leases list and no outcome has ended. */
export const countRunning: Sql<RunningCount, []> = ({ lease, outcome, job }) => `
  select j.queue, j.type, count(*) as count
  from ${lease} l cross join ${eachEntry('l.entries')} e cross join ${job} j on j.id = e.value ->> 0
  where e.type = 'array' and not exists (
    select 1 from ${outcome} o where o.job = e.value ->> 0 and o.epoch = e.value ->> 1)
  group by j.queue, j.type`

import type { Sql } from '../session.ts'
import { eachEntry } from './each-entry.ts'

/** Removes leases whose every entry has an outcome. Nothing counts down; the outcomes themselves are asked. */
export const sweepLeases: Sql<never, []> = ({ lease, outcome }) => `
  delete from ${lease} where not exists (
    select 1 from ${eachEntry('entries')} e where e.type = 'array' and not exists (
      select 1 from ${outcome} o where o.job = e.value ->> 0 and o.epoch = e.value ->> 1))`

import { endedStates, isEnded, type CountRequest, type JobCount, type JobState } from '@goplate/queue-core'
import type { Executor } from './executor.ts'
import { outcomeState } from '../ledger/outcome-state.ts'
import { numberOf, stringOf, type Row } from './row-mapping.ts'
import { countEnded, countUnended } from './statements/count-jobs.ts'

/** Ended states read the whole history, so they are counted only when they were asked for, or nothing was. */
export async function count(pool: Executor, { filter, now }: CountRequest): Promise<readonly JobCount[]> {
  const { queues = null, types = null, states } = filter
  const wanted = (state: JobState) => states?.includes(state) ?? true
  const ended = endedStates.filter(wanted)
  const unended = states === undefined || states.some((state) => !isEnded(state))
  const rows = await Promise.all([
    unended ? pool.run(countUnended, [queues, types], now) : [],
    ended.length > 0 ? pool.run(countEnded, [queues, types, ended.map(outcomeState)], now) : [],
  ])
  return rows
    .flat()
    .map(jobCountOf)
    .filter(({ state }) => wanted(state))
}

function jobCountOf(row: Row): JobCount {
  const state = row.state as JobState
  const counted = { queue: stringOf(row.queue), state, count: numberOf(row.count) }
  if (state !== 'pending') return counted
  return { ...counted, due: { count: numberOf(row.due), oldestMs: Math.max(0, numberOf(row.oldest_ms)) } }
}

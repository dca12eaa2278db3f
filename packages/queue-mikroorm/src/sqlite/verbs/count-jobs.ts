import { endedStates, type JobCount, type JobFilter, type JobState } from '@goplate/queue-core'
import { endedState } from '../../ledger/outcome-state.ts'
import type { Session } from '../session.ts'
import { countEnded } from '../statements/count-ended.ts'
import { countRunning } from '../statements/count-running.ts'
import { countWaiting } from '../statements/count-waiting.ts'

/** Counts of several reads, added up by queue and state. */
export class JobCounts {
  readonly #filter: JobFilter
  readonly #counts = new Map<string, JobCount>()

  constructor(filter: JobFilter) {
    this.#filter = filter
  }

  wants(states: readonly JobState[]): boolean {
    return this.#filter.states === undefined || states.some((state) => this.#filter.states?.includes(state))
  }

  addWaitingAndRunning(session: Session, now: number): void {
    if (this.wants(['pending', 'blocked'])) {
      for (const { oldest, due, ...row } of session.all(countWaiting, now, now)) {
        const oldestMs = oldest === null ? 0 : now - oldest
        this.#add(row, row.state === 'pending' ? { count: due, oldestMs } : undefined)
      }
    }
    if (!this.wants(['running'])) return
    for (const row of session.all(countRunning)) this.#add({ ...row, state: 'running' })
  }

  /** One stretch of the ids, from `after` (not counted) to `upTo`. */
  addEnded(session: Session, after: number, upTo: number): void {
    if (!this.wants(endedStates)) return
    for (const row of session.all(countEnded, after, upTo)) this.#add({ ...row, state: endedState(row.state) })
  }

  result(): readonly JobCount[] {
    return [...this.#counts.values()]
  }

  #add(
    { queue, type, state, count }: { queue: string; type: string; state: JobState; count: number },
    due?: { count: number; oldestMs: number },
  ): void {
    const { queues, types, states } = this.#filter
    if (queues?.includes(queue) === false || types?.includes(type) === false || states?.includes(state) === false)
      return
    const key = `${state} ${queue}`
    const before = this.#counts.get(key)
    const sum = { queue, state, count: (before?.count ?? 0) + count }
    this.#counts.set(key, due === undefined ? sum : { ...sum, due: added(before?.due, due) })
  }
}

function added(before: JobCount['due'], due: { count: number; oldestMs: number }): NonNullable<JobCount['due']> {
  if (before === undefined) return due
  return { count: before.count + due.count, oldestMs: Math.max(before.oldestMs, due.oldestMs) }
}

import type { Sql } from '../session.ts'

export interface WaitingCount {
  readonly queue: string
  readonly type: string
  readonly state: 'pending' | 'blocked'
  readonly count: number
  readonly due: number
  readonly oldest: number | null
}

/** For people: reads every waiting row, and no history. A row counts as due by its time, promoted or not. */
export const countWaiting: Sql<WaitingCount, [now: number, sameNow: number]> = ({ ready, later, blocked }) => `
  select queue, type, state, count(*) as count, count(*) filter (where state = 'pending' and available_at <= ?) as due,
    min(available_at) filter (where available_at <= ?) as oldest
  from (select queue, type, 'pending' as state, available_at from ${ready}
    union all select queue, type, 'pending', available_at from ${later}
    union all select queue, type, 'blocked', available_at from ${blocked})
  group by queue, type, state`

import type { Sql } from '../session.ts'

export interface PauseRow {
  readonly kind: 'queue' | 'type'
  readonly name: string
  readonly reason: string | null
  readonly until: number | null
  readonly since: number
}

/** Read by every claim, under its write lock: what is paused before it begins is not claimed. */
export const pausesInForce: Sql<PauseRow, [now: number]> = ({ pause }) => `
  select kind, name, reason, until, at as since from ${pause} where until is null or until > ? order by kind, name`

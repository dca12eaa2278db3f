import type { JobPlace, WaitingRow } from './rows.ts'
import type { Session } from './session.ts'
import { blockedRow } from './statements/blocked-row.ts'
import { deleteBlocked } from './statements/delete-blocked.ts'
import { deleteLater } from './statements/delete-later.ts'
import { deleteReady } from './statements/delete-ready.ts'
import { insertExpiry } from './statements/insert-expiry.ts'
import { insertLater } from './statements/insert-later.ts'
import { insertOutcome } from './statements/insert-outcome.ts'
import { insertReady } from './statements/insert-ready.ts'
import { laterRow } from './statements/later-row.ts'
import { readyRow } from './statements/ready-row.ts'
import { releaseUniqueKey } from './statements/release-unique-key.ts'

type Standing = Omit<JobPlace, 'uniqueKey' | 'maxAttempts' | 'options' | 'expiresAt'>
type Placing = Standing & Pick<JobPlace, 'expiresAt'>

/** The line of jobs that crashed and run alone. */
export const soloLine = '!solo'

export function putDown(session: Session, place: Placing, row: WaitingRow & { readonly now: number }): void {
  const { queue, line, key, priority, job, type, availableAt, expiresAt } = place
  const { epoch, attempt, crashes, now } = row
  if (expiresAt !== null) session.run(insertExpiry, expiresAt, job)
  if (availableAt > now) {
    session.run(insertLater, availableAt, job, queue, line, key, priority, epoch, attempt, crashes, type)
  } else {
    const own = crashes > 0 && line === '' ? soloLine : line
    session.run(insertReady, queue, own, key, priority, availableAt, job, epoch, attempt, crashes, type)
  }
}

/** Takes a waiting job up, wherever it stands; nothing when it does not wait. */
export function takeUp(session: Session, place: Standing): WaitingRow | undefined {
  const { queue, priority, availableAt, job } = place
  for (const [line, key] of linesOf(place)) {
    const row = session.get(deleteReady, queue, line, key, priority, availableAt, job)
    if (row !== undefined) return row
  }
  return session.get(deleteLater, availableAt, job) ?? session.get(deleteBlocked, job)
}

export interface Ending {
  readonly job: number
  /** Its waiting row, taken up. */
  readonly waiting: WaitingRow
  readonly state: number
  readonly reason: string | null
  readonly now: number
}

/** A decision about a job that does not run is an epoch of its own, made by no worker. */
export function endWaiting(session: Session, { job, waiting, state, reason, now }: Ending): void {
  session.run(
    insertOutcome,
    ...([job, waiting.epoch + 1, waiting.attempt, 0, null, state, 1] as const),
    ...([null, null, now, null, reason, null, null] as const),
  )
  session.run(releaseUniqueKey, job, job)
}

export interface FoundWaiting extends WaitingRow {
  readonly state: 'pending' | 'blocked'
}

export function findWaiting(session: Session, place: Standing): FoundWaiting | undefined {
  const { queue, priority, availableAt, job } = place
  for (const [line, key] of linesOf(place)) {
    const row = session.get(readyRow, queue, line, key, priority, availableAt, job)
    if (row !== undefined) return { ...row, state: 'pending' }
  }
  const later = session.get(laterRow, availableAt, job)
  if (later !== undefined) return { ...later, state: 'pending' }
  const blocked = session.get(blockedRow, job)
  return blocked && { ...blocked, state: 'blocked' }
}

/** Its own line, the line of solo runs, or set aside with its type. */
function linesOf({ line, key, type }: Standing): readonly (readonly [line: string, key: string])[] {
  return [
    [line, key],
    [soloLine, ''],
    ['!held', type],
  ]
}

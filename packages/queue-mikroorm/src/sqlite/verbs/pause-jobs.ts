import type { Pause, PauseRequest, PauseTarget } from '@goplate/queue-core'
import { present } from '../present.ts'
import type { Session } from '../session.ts'
import { deletePause } from '../statements/delete-pause.ts'
import { dueQueues } from '../statements/due-queues.ts'
import { pausesInForce } from '../statements/pauses-in-force.ts'
import { setPause } from '../statements/set-pause.ts'

export function pauseJobs(session: Session, { kind, name, reason, forMs }: PauseRequest, now: number): void {
  session.run(setPause, kind, name, reason ?? null, forMs === undefined ? null : now + Math.ceil(forMs), now)
}

export interface Resumed {
  readonly resumed: boolean
  /** Queues in which jobs may have waited for this. */
  readonly dueQueues: ReadonlySet<string>
}

export function resumeJobs(session: Session, { kind, name }: PauseTarget, now: number): Resumed {
  const pause = session.get(deletePause, kind, name)
  const resumed = pause !== undefined && (pause.until === null || pause.until > now)
  const due = session.all(dueQueues, now).map(({ queue }) => queue)
  return { resumed, dueQueues: new Set(kind === 'queue' ? due.filter((queue) => queue === name) : due) }
}

export function pausedJobs(session: Session, now: number): readonly Pause[] {
  return session
    .all(pausesInForce, now)
    .map(({ kind, name, since, reason, until }) => ({ kind, name, since, ...present({ reason, until }) }))
}

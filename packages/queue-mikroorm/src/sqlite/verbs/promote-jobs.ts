import type { Session } from '../session.ts'
import { deletePromoted } from '../statements/delete-promoted.ts'
import { lastOfPromotion } from '../statements/last-of-promotion.ts'
import { nextDue } from '../statements/next-due.ts'
import { promoteDue } from '../statements/promote-due.ts'

/** One claim promotes so many jobs at most: the event loop is blocked meanwhile. The reply then says that more is due. */
const step = 1000

/** Makes due what has become due. Returns in how many milliseconds the next job will be, if there is one. */
export function promoteJobs(session: Session, now: number): number | undefined {
  const first = session.get(nextDue)
  if (first === undefined || first.at > now) return first && first.at - now
  const copied = session.run(promoteDue, now, step)
  const last = copied < step ? { at: now, job: Number.MAX_SAFE_INTEGER } : session.get(lastOfPromotion, copied)!
  session.run(deletePromoted, last.at, last.job)
  const next = session.get(nextDue)
  return next && Math.max(0, next.at - now)
}

import type { Sql } from '../session.ts'

/** Compare-and-swap on the end itself: of two people who reopen a job one does. Records where the job waits now. */
export const reopenOutcome: Sql<never, [now: number, job: number, epoch: number]> = ({ outcome }) => `
  update ${outcome} set final = 0, available_at = ? where job = ? and epoch = ? and final`

import { Job } from 'sidequest'
import { channel } from 'node:diagnostics_channel'
import type { Payload } from '../contender.ts'

/**
 * sidequest imports this file by its path for every job, and a test runner may hold another copy of it: what it calls
 * is found by a name that the whole process shares.
 */
export const handledJobs = channel('goplate-bench:sidequest')

export class NoteJob extends Job {
  override run(payload: Payload): void {
    handledJobs.publish(payload)
  }
}

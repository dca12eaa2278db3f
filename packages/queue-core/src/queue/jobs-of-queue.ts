import type { Unhandled } from '../job/accepted-jobs.ts'
import type { AnyJob } from '../job/job.ts'

/*
 * `createWorker` takes the jobs from its `this`: were they a part of its own signature, compilers would differ about
 * whether a queue of certain jobs is also a queue of any jobs.
 */
export interface OfJobs {
  readonly '~jobs'?: readonly AnyJob[]
}
export type JobOf<Self extends OfJobs> = NonNullable<Self['~jobs']>[number]
export type AllHandled<J> = [Unhandled<J>] extends [never] ? unknown : { 'these jobs have no handler': Unhandled<J> }

import type { ClaimRef, JobId } from '@goplate/queue-core'
import type { Database } from '../../app/orm.ts'

/** The claim under which a job runs now, read from the queue's own tables: nobody but a saboteur has a use for it. */
export async function presentClaim(database: Database, jobId: JobId): Promise<ClaimRef | undefined> {
  throw new Error(`not known yet: ${jobId} ${database.driver.name}`)
}

import type { JobFilter } from '../driver/storage-driver.ts'
import type { Pause } from '../driver/driver-groups.ts'
import { toJobRecord, type JobRecord } from '../job/job-record.ts'
import { checkInteger } from '../job/option-checks.ts'
import type { JobId, StoredJob } from '../job/stored-job.ts'
import type { Runtime } from '../runtime.ts'

export interface ListOptions extends JobFilter {
  /** 1 to 1000. Default 50. */
  readonly limit?: number
  /** `next` of the page before. */
  readonly after?: string
}
export interface JobPage {
  readonly jobs: readonly JobRecord[]
  /** Absent on the last page. */
  readonly next?: string
}

type Parts = Pick<Runtime, 'driver' | 'clock'>

export async function findJob(parts: Parts, id: JobId, history = false): Promise<JobRecord | undefined> {
  const [job] = await recordsOf(parts, await parts.driver.find({ ids: [id], history }))
  return job
}

/** Throws `InvalidOptionError`. */
export async function listJobs(parts: Parts, { limit = 50, after, ...filter }: ListOptions): Promise<JobPage> {
  checkInteger('limit', limit, { least: 1, most: 1_000 })
  const page = await parts.driver.list({ filter, limit, ...(after !== undefined && { after }) })
  return { ...page, jobs: await recordsOf(parts, page.jobs) }
}

async function recordsOf({ driver, clock }: Parts, jobs: readonly StoredJob[]): Promise<readonly JobRecord[]> {
  // Only what waits has a label that a pause changes.
  const isAsked = jobs.some(({ state }) => state === 'pending')
  const pauses = isAsked ? ((await driver.pausing?.paused({})) ?? []) : []
  const now = clock.wall()
  return jobs.map((job) => toJobRecord(job, now, { paused: pauses.some((pause) => stops(pause, job)) }))
}

function stops({ kind, name }: Pause, job: StoredJob): boolean {
  return name === (kind === 'queue' ? job.queue : job.type)
}

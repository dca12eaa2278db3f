import type { JobRecord, ListOptions } from '@goplate/queue-core'
import type { App } from '../../app/app.ts'

/** One page of jobs, each with what its attempts came to. */
export async function jobsWithHistory(
  queue: App['queue'],
  options: ListOptions,
): Promise<{ readonly jobs: readonly JobRecord[]; readonly next?: string }> {
  const page = await queue.list(options)
  const jobs = await Promise.all(page.jobs.map(({ id }) => queue.find(id, { history: true })))
  return { ...page, jobs: jobs.filter((job) => job !== undefined) }
}

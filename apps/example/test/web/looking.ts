import type { JobRecord } from '@goplate/queue-core'
import { expect } from 'vitest'
import type { freshSite } from './fresh-site.ts'

type Site = Awaited<ReturnType<typeof freshSite>>

export const email = { to: 'ada@example.com', subject: 'Hello', body: 'Hello, Ada.' }

/** The job, once it has failed. */
export async function failed(app: Site['app'], job: { readonly id: string }): Promise<JobRecord> {
  await app.queue.waitFor(job.id).catch(() => {})
  const record = await app.queue.find(job.id)
  expect(record).toMatchObject({ state: 'failed' })
  return record!
}

/** A page that is there. */
export async function read(web: Site['web'], path: string): Promise<string> {
  const response = await web.request(path)
  expect(response.status, path).toBe(200)
  return response.text()
}

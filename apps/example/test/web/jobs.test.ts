import { PermanentError, type JobRecord } from '@goplate/queue-core'
import { expect, it } from 'vitest'
import { refusedAddress } from '../../src/web/site.ts'
import { form, freshSite, leadsTo } from './fresh-site.ts'

const email = { to: 'ada@example.com', subject: 'Hello', body: 'Hello, Ada.' }
type Site = Awaited<ReturnType<typeof freshSite>>

it('lists jobs with state, attempts, times and errors, and filters them', async () => {
  const { web, app } = await freshSite()
  await app.queue.waitFor(await app.queue.dispatch(app.sendEmail, email))
  await failed(app, await app.queue.dispatch(app.sendEmail, { ...email, to: refusedAddress }))
  await app.queue.dispatch(app.sendEmail, email, { delay: '1h' })
  const imageUrl = 'http://127.0.0.1:9/photo.jpg'
  await failed(app, await app.queue.dispatch(app.processImage, { imageUrl, userId: 0, processType: 'no' as 'resize' }))

  const page = await read(web, '/jobs')
  for (const text of ['finished', 'scheduled', 'failed', '1 of 3', '550 no such user', 'unknown process type: no']) {
    expect(page).toContain(text)
  }
  expect(jobsOn(page)).toEqual(['4', '3', '2', '1'])
  expect(jobsOn(await read(web, '/jobs?state=failed'))).toEqual(['4', '2'])
  expect(jobsOn(await read(web, '/jobs?state=failed&type=send_email'))).toEqual(['2'])
  expect(jobsOn(await read(web, '/jobs?type=process_image'))).toEqual(['4'])
  expect(jobsOn(await read(web, '/jobs?state=%27&type=%3Cscript%3E'))).toHaveLength(4)
})

it('shows a long history in pages', async () => {
  const { web, app } = await freshSite()
  await app.queue.dispatchMany(app.sendEmail, Array(30).fill(email), { delay: '1h' })
  const page = await read(web, '/jobs')
  expect(jobsOn(page)).toHaveLength(25)
  const older = /href="(\/jobs\?after=[^"]+)">Older/.exec(page)![1]!
  expect(jobsOn(await read(web, older))).toEqual(['5', '4', '3', '2', '1'])
})

it('shows one job: payload, result, and a timeline of its attempts', async () => {
  const { web, app } = await freshSite()
  const job = await app.queue.dispatch(app.sendEmail, { ...email, subject: '</pre><script>alert(1)</script>' })
  await app.queue.waitFor(job)
  const page = await read(web, `/jobs/${job.id}`)
  expect(page).toContain('&lt;/pre&gt;&lt;script&gt;alert(1)&lt;/script&gt;')
  expect(page).not.toContain('<script>alert')
  expect(page).toMatch(/&quot;response&quot;: &quot;250/)
  expect(page).toMatch(/<svg[^>]+aria-label="[^"]*ran \d+ ms"/)
})

it('shows a hostile error, escaped', async () => {
  const { web, app } = await freshSite()
  const worker = '<img src=x onerror=alert(1)>'
  const imageUrl = `http://127.0.0.1:9/${'x'.repeat(9)}`
  const processType = worker as 'resize'
  const job = await app.queue.dispatch(app.processImage, { imageUrl, userId: 0, processType })
  expect((await failed(app, job)).error?.name).toBe(PermanentError.name)
  for (const path of [`/jobs/${job.id}`, '/jobs', '/']) {
    const page = await read(web, path)
    expect(page, path).toContain('unknown process type: &lt;img src=x')
    expect(page, path).not.toContain('<img')
  }
})

it('cancels, retries and deletes', async () => {
  const { web, app } = await freshSite()
  const { id } = await app.queue.dispatch(app.sendEmail, email, { delay: '1h' })
  const cancelled = leadsTo(await web.request(`/jobs/${id}/cancel`, form()))
  expect(cancelled).toBe(`/jobs/${id}?notice=cancelled`)
  expect(await read(web, cancelled!)).toContain('The job was cancelled.')
  expect(await app.queue.find(id)).toMatchObject({ state: 'cancelled', reason: 'cancelled on its page' })

  expect(leadsTo(await web.request(`/jobs/${id}/retry`, form()))).toBe(`/jobs/${id}?notice=retried`)
  await app.queue.waitFor(id)
  expect(leadsTo(await web.request(`/jobs/${id}/cancel`, form()))).toBe(`/jobs/${id}?notice=ended`)
  expect(leadsTo(await web.request(`/jobs/${id}/delete`, form()))).toBe('/jobs')
  expect(await app.queue.find(id)).toBeUndefined()
})

it.each(['cancel', 'retry', 'delete'])('refuses to %s for another site, or what is not there', async (action) => {
  const { web, app } = await freshSite()
  const { id } = await app.queue.dispatch(app.sendEmail, email, { delay: '1h' })
  const foreign = { ...form(), headers: { origin: 'https://evil.example' } }
  expect((await web.request(`/jobs/${id}/${action}`, foreign)).status).toBe(403)
  expect(await app.queue.find(id)).toMatchObject({ state: 'pending' })
  expect((await web.request(`/jobs/999/${action}`, form())).status).toBe(404)
  expect((await web.request(`/jobs/${id}/${action}`)).status).toBe(404)
})

it.each(['/jobs/999', '/jobs/9999999999999999999', '/jobs/1%27', '/jobs/x'])('has no job at %s', async (path) => {
  const { web } = await freshSite()
  expect((await web.request(path)).status).toBe(404)
})

async function failed(app: Site['app'], job: { readonly id: string }): Promise<JobRecord> {
  await app.queue.waitFor(job.id).catch(() => {})
  const record = await app.queue.find(job.id)
  expect(record).toMatchObject({ state: 'failed' })
  return record!
}

async function read(web: Site['web'], path: string): Promise<string> {
  const response = await web.request(path)
  expect(response.status, path).toBe(200)
  return response.text()
}

/** The ids of the jobs in the table, in its order. */
function jobsOn(page: string): string[] {
  return [...page.matchAll(/<td class="what">\s*<a href="\/jobs\/(\d+)"/g)].map(([, id]) => id!)
}

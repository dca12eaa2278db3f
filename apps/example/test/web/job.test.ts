import { PermanentError } from '@goplate/queue-core'
import { expect, it } from 'vitest'
import { refusedAddress } from '../../src/web/site.ts'
import { form, freshSite, leadsTo } from './fresh-site.ts'
import { email, failed, read } from './looking.ts'

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

it('shows what a handler logged, beside its attempt', async () => {
  const { web, app } = await freshSite()
  const lost = { ...email, to: refusedAddress }
  const { id } = await app.queue.dispatch(app.sendEmail, lost)
  await failed(app, { id })
  await app.queue.retry(id)
  await failed(app, { id })
  const page = await read(web, `/jobs/${id}`)
  const attempts = page.split('<strong>').slice(2)
  expect(attempts).toHaveLength(2)
  for (const attempt of attempts)
    expect(attempt).toContain(`handing an e-mail for ${refusedAddress} to the mail server`)
})

it('shows the progress of a running job, and none of an attempt that is over', async () => {
  const { web, app } = await freshSite()
  const progress = new Promise((resolve) => app.queue.on('job:progress', resolve))
  const page = leadsTo(await web.request('/try/slow-photo', form()))!
  await progress
  // Reports reach storage once a second; on a busy machine later.
  await expect.poll(() => read(web, page), { timeout: 30_000 }).toContain('<progress')
  const cancelled = new Promise((resolve) => app.queue.on('job:cancelled', resolve))
  await web.request(`${page}/cancel`, form())
  await cancelled
  expect(await read(web, page)).not.toContain('<progress')
})

it('cancels, retries and deletes', async () => {
  const { web, app } = await freshSite()
  const { id } = await app.queue.dispatch(app.sendEmail, email, { delay: '1h' })
  const cancelled = leadsTo(await web.request(`/jobs/${id}/cancel`, form()))
  expect(cancelled).toBe(`/jobs/${id}?notice=cancelled`)
  expect(await read(web, cancelled!)).toContain('The job was cancelled.')
  expect(await app.queue.find(id)).toMatchObject({ state: 'cancelled', reason: 'cancelled by hand' })

  expect(leadsTo(await web.request(`/jobs/${id}/retry`, form()))).toBe(`/jobs/${id}?notice=retried`)
  await app.queue.waitFor(id)
  expect(leadsTo(await web.request(`/jobs/${id}/cancel`, form()))).toBe(`/jobs/${id}?notice=ended`)
  expect(leadsTo(await web.request(`/jobs/${id}/delete`, form()))).toBe('/jobs?notice=deleted')
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

import { expect, it } from 'vitest'
import { form, freshSite, leadsTo } from './fresh-site.ts'
import { email } from './looking.ts'

it('pauses a queue, whose jobs then wait, and resumes it', async () => {
  const { web, app } = await freshSite()
  expect(leadsTo(await web.request('/queues/mail/pause', form()))).toBe('/jobs?notice=paused')
  expect(await app.queue.paused()).toMatchObject([{ kind: 'queue', name: 'mail' }])
  const job = await app.queue.dispatch(app.sendEmail, email)
  const page = await (await web.request('/jobs?notice=paused')).text()
  for (const text of ['The queue is paused', '1 pending, 0 running', 'badge paused', 'aria-label="Resume mail"']) {
    expect(page).toContain(text)
  }

  expect(leadsTo(await web.request('/queues/mail/resume', form()))).toBe('/jobs?notice=resumed')
  await app.queue.waitFor(job)
  expect(await app.queue.paused()).toEqual([])
})

it.each(['pause', 'resume'])('does not %s for another site, nor a queue that is not there', async (action) => {
  const { web, app } = await freshSite()
  const foreign = { ...form(), headers: { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' } }
  expect((await web.request(`/queues/mail/${action}`, foreign)).status).toBe(403)
  expect((await web.request(`/queues/default/${action}`, form())).status).toBe(404)
  expect((await web.request(`/queues/mail/${action}`)).status).toBe(404)
  expect(await app.queue.paused()).toEqual([])
})

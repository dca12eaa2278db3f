import { expect, it } from 'vitest'
import { form, freshSite, leadsTo } from './fresh-site.ts'

it('offers the form, and shows what happens', async () => {
  const { web } = await freshSite()
  const response = await web.request('/')
  expect(response.status).toBe(200)
  expect(response.headers.get('content-security-policy')).toContain("default-src 'self'")
  const page = await response.text()
  expect(page).toContain('action="/sign-up"')
  expect(page).toContain('No jobs here.')
})

it('shows nothing of an address that is not its own', async () => {
  const { web } = await freshSite()
  const page = await (await web.request('/?welcome=%22%3E%3Cscript%3E')).text()
  expect(page).not.toContain('Welcome email queued')
})

it.each([
  ['refused-address', 'failed', 'permanent'],
  ['unknown-process-type', 'failed', 'permanent'],
])('%s ends as %s, %s', async (trial, state, reason) => {
  const { web, app } = await freshSite()
  const id = leadsTo(await web.request(`/try/${trial}`, form()))!.replace('/jobs/', '')
  await app.queue.waitFor(id).catch(() => {})
  expect(await app.queue.find(id)).toMatchObject({ state, reason, attempt: 1 })
})

it('a broken photo is tried again', async () => {
  const { web, app } = await freshSite()
  const retrying = new Promise((resolve) => app.queue.on('job:retrying', resolve))
  await web.request('/try/broken-photo', form())
  expect(await retrying).toMatchObject({
    attempt: 1,
    delayMs: 5_000,
    error: { message: expect.stringMatching(/unsupported image/) },
  })
})

it('a delayed e-mail waits', async () => {
  const { web, app } = await freshSite()
  const page = leadsTo(await web.request('/try/delayed-email', form()))!
  expect(await app.queue.find(page.replace('/jobs/', ''))).toMatchObject({ label: 'scheduled' })
  expect(await (await web.request(page)).text()).toContain('due in')
})

it('a slow photo runs until it is cancelled', async () => {
  const { web, app } = await freshSite()
  const [started, cancelled] = (['job:started', 'job:cancelled'] as const).map(
    (name) => new Promise((resolve) => app.queue.on(name, resolve)),
  )
  const page = leadsTo(await web.request('/try/slow-photo', form()))!
  await started
  expect(await (await web.request(page)).text()).toContain('running')
  expect(leadsTo(await web.request(`${page}/cancel`, form()))).toBe(`${page}?notice=requested`)
  await cancelled
  expect(await (await web.request(page)).text()).toContain('badge cancelled')
})

it.each([
  ['/style.css', 'text/css; charset=utf-8'],
  ['/live.js', 'text/javascript; charset=utf-8'],
  ['/icon.svg', 'image/svg+xml'],
])('serves %s', async (path, type) => {
  const { web } = await freshSite()
  const response = await web.request(path)
  expect(response.headers.get('content-type')).toBe(type)
  expect((await response.text()).length).toBeGreaterThan(100)
})

it('has a page for what is not there', async () => {
  const { web } = await freshSite()
  const response = await web.request('/nothing')
  expect(response.status).toBe(404)
  expect(await response.text()).toContain('There is nothing here.')
})

import { describe, expect, it } from 'vitest'
import { User } from '../../src/app/entities/user.ts'
import { form, freshSite, json, leadsTo } from './fresh-site.ts'

const ada = { name: 'Ada', email: 'ada@example.com' }
const queued = { success: true, message: 'Welcome email queued successfully' }
const acceptingJson = { accept: 'application/json' }

describe('for programs', () => {
  it('answers to JSON', async () => {
    const { web, app } = await freshSite()
    const response = await web.request('/sign-up', json(ada))
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual(queued)
    expect(await app.orm.em.fork().count(User)).toBe(1)
    expect((await app.queue.list()).jobs).toMatchObject([{ type: 'send_email', payload: { to: ada.email } }])
  })

  it('answers in JSON to a form sent by who accepts it', async () => {
    const { web } = await freshSite()
    const body = new URLSearchParams(ada)
    const response = await web.request('/sign-up', { method: 'POST', headers: acceptingJson, body })
    expect(await response.json()).toEqual(queued)
  })

  it('answers 500 when the dispatch fails: the database is closed', async () => {
    const { web, app } = await freshSite()
    await app.close()
    const response = await web.request('/sign-up', json(ada))
    expect(response.status).toBe(500)
    expect(await response.json()).toEqual({ error: 'Failed to queue welcome email' })
  })

  it('answers 500 when the dispatch fails inside the transaction, and stores nobody', async () => {
    const { web, app } = await freshSite()
    const em = app.orm.em.fork()
    await em.getConnection().execute('alter table goplate_queue_later rename to goplate_queue_gone')
    await em.getConnection().execute('alter table goplate_queue_ready rename to goplate_queue_lost')
    const response = await web.request('/sign-up', json(ada))
    expect(response.status).toBe(500)
    expect(await em.count(User)).toBe(0)
  })

  it('names what is wrong with the input, and stores nothing', async () => {
    const { web, app } = await freshSite()
    const response = await web.request('/sign-up', json({ name: ' ', email: 'ada' }))
    expect(response.status).toBe(422)
    expect(await response.json()).toEqual({
      error: 'Please check what you entered',
      issues: [
        { path: 'name', message: 'Please tell your name' },
        { path: 'email', message: 'Not an e-mail address' },
      ],
    })
    expect(await app.orm.em.fork().count(User)).toBe(0)
    expect((await app.queue.list()).jobs).toEqual([])
  })

  it.each(['{', '[]', 'null', '{"name":{"$ne":1},"email":[]}'])('refuses %s', async (body) => {
    const { web } = await freshSite()
    const headers = { 'content-type': 'application/json' }
    const response = await web.request('/sign-up', { method: 'POST', headers, body })
    expect(response.status).toBe(422)
  })

  it('answers 409 when the address is taken, and stores no second job', async () => {
    const { web, app } = await freshSite()
    await web.request('/sign-up', json(ada))
    const response = await web.request('/sign-up', json(ada))
    expect(response.status).toBe(409)
    expect(await response.json()).toMatchObject({ error: 'This address is taken' })
    expect((await app.queue.list()).jobs).toHaveLength(1)
  })
})

describe('for people', () => {
  it('says the same on the page', async () => {
    const { web } = await freshSite()
    const address = leadsTo(await web.request('/sign-up', form(ada)))
    expect(address).toBe('/?welcome=1')
    expect(await (await web.request(address!)).text()).toContain('Welcome email queued successfully')
  })

  it('says that the dispatch failed, on a page that needs no database', async () => {
    const { web, app } = await freshSite()
    await app.close()
    const response = await web.request('/sign-up', form(ada))
    expect(response.status).toBe(500)
    const page = await response.text()
    expect(page).toContain('Failed to queue welcome email')
    expect(page).toContain('The database does not answer.')
  })

  it('keeps what was entered, escaped', async () => {
    const { web } = await freshSite()
    const response = await web.request('/sign-up', form({ name: '"><script>alert(1)</script>', email: "'nobody" }))
    expect(response.status).toBe(422)
    const page = await response.text()
    expect(page).toContain('value="&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;"')
    expect(page).toContain('Not an e-mail address')
    expect(page).toMatch(/name="email"[^>]+aria-invalid="true" aria-describedby="email-issue"\s+autofocus/)
    expect(page).not.toMatch(/name="name"[^>]+aria-invalid/)
    expect(page).not.toContain('<script>alert')
  })

  it('refuses a form of another site', async () => {
    const { web, app } = await freshSite()
    const foreign = { ...form(ada), headers: { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' } }
    expect((await web.request('/sign-up', foreign)).status).toBe(403)
    expect((await app.queue.list()).jobs).toEqual([])
  })
})

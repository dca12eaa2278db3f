import { expect, it } from 'vitest'
import { signUp } from '../../src/app/sign-up.ts'
import { form, freshSite, leadsTo } from './fresh-site.ts'

it('shows what has arrived over SMTP, escaped', async () => {
  const { web, app } = await freshSite()
  expect(await (await web.request('/mail')).text()).toContain('Nothing has arrived yet')
  await app.queue.waitFor(await signUp(app, { name: '<img src=x> & Söhne', email: 'soehne@example.com' }))

  const mailbox = await (await web.request('/mail')).text()
  expect(mailbox).toContain('Welcome, &lt;img src=x&gt; &amp; Söhne!')
  expect(mailbox).not.toContain('<img')
  const letter = await web.request(/\/mail\/\d+-[0-9a-f-]+/.exec(mailbox)![0])
  const page = await letter.text()
  expect(page).toContain('Welcome, &lt;img src=x&gt; &amp; Söhne!')
  expect(page).toContain('Thank you for joining us.')
  expect(page).toContain('soehne@example.com')
})

it.each(['/mail/nothing', '/mail/..%2f..%2fapp.sqlite', `/mail/1700000000000-${'0'.repeat(36)}`])(
  'has no letter at %s',
  async (path) => {
    const { web } = await freshSite()
    expect((await web.request(path)).status).toBe(404)
  },
)

it('takes the mail server down and up again', async () => {
  const { web, mail } = await freshSite()
  expect(leadsTo(await web.request('/mail/down', form()))).toBe('/mail')
  expect(mail.isUp).toBe(false)
  expect(await (await web.request('/mail')).text()).toContain('mail server is down')
  expect(leadsTo(await web.request('/mail/down?back=home', form()))).toBe('/')
  expect(leadsTo(await web.request('/mail/up?back=https://evil.example', form()))).toBe('/mail')
  expect(mail.isUp).toBe(true)
})

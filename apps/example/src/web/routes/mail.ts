import { Hono } from 'hono'
import type { Site } from '../site.ts'
import { letterPage, mailboxPage } from '../views/mail.ts'

const lettersShown = 100

export function mailRoutes({ mail, mailbox }: Site): Hono {
  return new Hono()
    .get('/mail', async (c) => c.html(mailboxPage(await mailbox.newest(lettersShown), mail.isUp)))
    .get('/mail/:id', async (c) => {
      const letter = await mailbox.read(c.req.param('id'))
      return letter === undefined ? c.notFound() : c.html(letterPage(letter))
    })
    .post('/mail/down', async (c) => {
      await mail.stop()
      return c.redirect(c.req.query('back') === 'home' ? '/' : '/mail', 303)
    })
    .post('/mail/up', async (c) => {
      await mail.start()
      return c.redirect(c.req.query('back') === 'home' ? '/' : '/mail', 303)
    })
}

import { afterEach, beforeEach, expect, it } from 'vitest'
import { MailCatcher } from './mail-catcher.ts'
import { isRefusedForGood, smtpMailer, type Mailer } from './mailer.ts'

let catcher: MailCatcher
let mailer: Mailer

beforeEach(async () => {
  catcher = await MailCatcher.down()
  mailer = smtpMailer({ host: '127.0.0.1', port: catcher.port })
})
afterEach(() => catcher.stop())

const email = { to: 'ada@example.com', subject: 'Hello', body: 'Hello, Ada.' }

it('refuses connections until it is started', async () => {
  const error: unknown = await mailer.send(email).catch((error: unknown) => error)
  expect(error).toMatchObject({ message: expect.stringContaining('ECONNREFUSED') })
  expect(isRefusedForGood(error)).toBe(false)

  await catcher.start()
  expect(await mailer.send(email)).toEqual({ response: expect.stringMatching(/^250/) })
  expect(catcher.received).toEqual(new Map([['ada@example.com', 1]]))
})

it('answers 451 once and 550 always, and keeps neither message', async () => {
  await catcher.start()
  catcher.setMailbox('busy@example.com', {
    recipient: (visit) => (visit === 1 ? { code: 451, text: 'busy' } : undefined),
  })
  catcher.setMailbox('gone@example.com', { recipient: () => ({ code: 550, text: 'no such user' }) })

  const busy: unknown = await mailer.send({ ...email, to: 'busy@example.com' }).catch((error: unknown) => error)
  expect(busy).toMatchObject({ responseCode: 451 })
  expect(isRefusedForGood(busy)).toBe(false)
  const gone: unknown = await mailer.send({ ...email, to: 'gone@example.com' }).catch((error: unknown) => error)
  expect(gone).toMatchObject({ responseCode: 550 })
  expect(isRefusedForGood(gone)).toBe(true)
  expect(catcher.received.size).toBe(0)

  await mailer.send({ ...email, to: 'busy@example.com' })
  expect(catcher.received.get('busy@example.com')).toBe(1)
})

it('counts a message as received before the client is told', async () => {
  await catcher.start()
  const [arrived, answered] = [Promise.withResolvers<void>(), Promise.withResolvers<undefined>()]
  catcher.setMailbox(email.to, {
    message: () => {
      arrived.resolve()
      return answered.promise
    },
  })
  const sending = mailer.send(email)
  await arrived.promise
  expect(catcher.received.get(email.to)).toBe(1)
  answered.resolve(undefined)
  await sending
})

import { PermanentError } from '@goplate/queue-core'
import { runHandler } from '@goplate/queue-testing'
import { expect, it } from 'vitest'
import type { Mailer } from '../app/mailer.ts'
import { sendEmailJob } from './send-email.ts'

const email = { to: 'ada@example.com', subject: 'Hello', body: 'Hello, Ada.' }
const answering = (code: number) => async () => {
  throw Object.assign(new Error(`${code} no`), { responseCode: code })
}

it('sends the e-mail', async () => {
  const sent: unknown[] = []
  const mailer: Mailer = { send: async (email) => ({ response: `250 taken as ${sent.push(email)}` }) }
  expect(await runHandler(sendEmailJob({ mailer }), email)).toEqual({ response: '250 taken as 1' })
  expect(sent).toEqual([email])
})

it('tries again after 4xx, and never after 5xx', async () => {
  const busy = sendEmailJob({ mailer: { send: answering(451) } })
  await expect(runHandler(busy, email)).rejects.not.toBeInstanceOf(PermanentError)
  const gone = sendEmailJob({ mailer: { send: answering(550) } })
  await expect(runHandler(gone, email)).rejects.toBeInstanceOf(PermanentError)
})

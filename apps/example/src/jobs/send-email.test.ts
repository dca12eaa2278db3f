import { PermanentError } from '@goplate/queue-core'
import { runHandler } from '@goplate/queue-testing'
import { expect, it } from 'vitest'
import { sendEmailJob } from './send-email.ts'

const email = { to: 'ada@example.com', subject: 'Hello', body: 'Hello, Ada.' }
const answering = (responseCode: number) =>
  sendEmailJob({
    async send() {
      throw Object.assign(new Error(`${responseCode} no`), { responseCode })
    },
  })

it('sends the e-mail', async () => {
  const sent: unknown[] = []
  const job = sendEmailJob({ send: async (email) => ({ response: `250 taken, ${sent.push(email)}` }) })
  expect(await runHandler(job, email)).toEqual({ response: '250 taken, 1' })
  expect(sent).toEqual([email])
})

it('tries again after 4xx, and never after 5xx', async () => {
  await expect(runHandler(answering(451), email)).rejects.not.toBeInstanceOf(PermanentError)
  await expect(runHandler(answering(550), email)).rejects.toBeInstanceOf(PermanentError)
})

import { runHandler } from '@goplate/queue-testing'
import { expect, it } from 'vitest'
import { sendEmailJob } from './send-email.ts'

const email = { to: 'ada@example.com', subject: 'Hello', body: 'Hello, Ada.' }
const answering = (responseCode: number) => async () => {
  throw Object.assign(new Error(`${responseCode} no`), { responseCode })
}

it('sends the e-mail', async () => {
  const sent: unknown[] = []
  const job = sendEmailJob({ mailer: { send: async (email) => ({ response: `250 taken, ${sent.push(email)}` }) } })
  expect(await runHandler(job, email)).toMatchObject({ outcome: 'finished', result: { response: '250 taken, 1' } })
  expect(sent).toEqual([email])
})

it('waits 30 s, then 60 s after 4xx and a failed connection; then gives up', async () => {
  const job = sendEmailJob({ mailer: { send: answering(451) } })
  expect(await runHandler(job, email)).toMatchObject({ outcome: 'retried', delayMs: 30_000 })
  expect(await runHandler(job, email, { attempt: 2 })).toMatchObject({ outcome: 'retried', delayMs: 60_000 })
  expect(await runHandler(job, email, { attempt: 3 })).toMatchObject({ outcome: 'failed', reason: 'exhausted' })
})

it('never tries again after 5xx', async () => {
  const job = sendEmailJob({ mailer: { send: answering(550) } })
  expect(await runHandler(job, email)).toMatchObject({ outcome: 'failed', reason: 'permanent' })
})

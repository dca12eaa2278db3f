import { defineJob, exponential, PermanentError, type Duration } from '@goplate/queue-core'
import { z } from 'zod'
import { isRefusedForGood, type Mailer } from '../mail/mailer.ts'

export interface SendEmailOptions {
  readonly mailer: Mailer
  readonly retryBase?: Duration
  readonly retryMax?: Duration
}

export type SendEmail = ReturnType<typeof sendEmailJob>

/** The same e-mail can be sent twice, when a worker dies between the server's answer and its own note of it. */
export function sendEmailJob({ mailer, retryBase = '30s', retryMax = '10m' }: SendEmailOptions) {
  return defineJob({
    type: 'send_email',
    payload: z.object({ to: z.email(), subject: z.string(), body: z.string() }),
    queue: 'mail',
    maxAttempts: 3,
    retryAfter: exponential({ base: retryBase, max: retryMax }),
    timeout: '1m',
    async handle(email, context) {
      try {
        context.log(`handing an e-mail for ${email.to} to the mail server`)
        const answer = await mailer.send(email)
        context.log(`it answered ${answer.response}`)
        return answer
      } catch (error) {
        throw isRefusedForGood(error) ? new PermanentError(error) : error
      }
    },
  })
}

import { createTransport } from 'nodemailer'

export interface Email {
  readonly to: string
  readonly subject: string
  readonly body: string
}

/** Where the mail server listens. */
export interface SmtpAddress {
  readonly host: string
  readonly port: number
}

/** Sends one e-mail over SMTP and returns what the server answered. */
export interface Mailer {
  send(email: Email): Promise<{ response: string }>
}

/** One connection per e-mail: a worker that dies takes no other e-mail with it. */
export function smtpMailer({ host, port }: SmtpAddress): Mailer {
  const transport = createTransport({ host, port, secure: false, ignoreTLS: true, connectionTimeout: 10_000 })
  return {
    async send({ to, subject, body }) {
      const info = await transport.sendMail({ from: 'welcome@shop.example', to, subject, text: body })
      return { response: info.response }
    },
  }
}

/** A reply of 500 or more is the server's final word; 4xx and a failed connection may pass. */
export function isRefusedForGood(error: unknown): boolean {
  const { responseCode } = error as { responseCode?: unknown }
  return typeof responseCode === 'number' && responseCode >= 500
}

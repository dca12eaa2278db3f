import type { App } from '../app/app.ts'
import type { MailCatcher } from '../mail/mail-catcher.ts'
import type { Mailbox } from './world/mailbox.ts'

/** The mail server refuses it for good. */
export const refusedAddress = 'nobody@example.com'

/** What the pages show and change. */
export interface Site {
  readonly app: App
  /** The mail server, which can be taken down, and what it received. */
  readonly mail: MailCatcher
  readonly mailbox: Mailbox
  /** The folder of uploaded photos. */
  readonly uploads: string
  /** Where the site is served, for the addresses from which jobs fetch photos. */
  readonly origin: string
}

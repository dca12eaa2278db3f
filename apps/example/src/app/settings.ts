import type { Duration } from '@goplate/queue-core'
import type { SmtpAddress } from '../mail/mailer.ts'

/** Everything that differs between production, the demo and the tests. Nothing here is read from the environment. */
export interface AppSettings {
  readonly database: DatabaseSettings
  readonly smtp: SmtpAddress
  /** Where processed images are written. */
  readonly imageFolder: string
  readonly timing?: Timing
}

export type DatabaseSettings =
  { readonly kind: 'sqlite'; readonly file: string } | { readonly kind: 'postgresql'; readonly url: string }

/** Delays and the lease; what is absent keeps its production value. */
export interface Timing {
  /** Before the second attempt to send an e-mail; doubles after each. Default 30 s. */
  readonly emailRetry?: Duration
  /** The longest delay between two attempts to send an e-mail. Default 10 m. */
  readonly emailRetryMax?: Duration
  /** Between two attempts to process an image. Default 1 m. */
  readonly imageRetry?: Duration
  /** How long a worker that falls silent keeps its jobs. Default 30 s. */
  readonly lease?: Duration
}

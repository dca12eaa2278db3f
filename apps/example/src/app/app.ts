import { Queue } from '@goplate/queue-core'
import type { EntityManager, MikroORM } from '@mikro-orm/core'
import { ProcessImage } from '../jobs/process-image.ts'
import { sendEmailJob, type SendEmail } from '../jobs/send-email.ts'
import { smtpMailer } from '../mail/mailer.ts'
import { openDatabase, type Database } from './orm.ts'
import type { AppSettings } from './settings.ts'

export interface App {
  readonly orm: MikroORM
  readonly queue: Queue<readonly [SendEmail, ProcessImage], { em?: EntityManager }>
  readonly sendEmail: SendEmail
  readonly processImage: ProcessImage
  /** Creates the tables that are missing: the application's and the queue's. */
  migrate(): Promise<void>
  close(): Promise<void>
}

/** Puts the application together. `wrap` may stand between the queue and its storage, as in a test. */
export async function openApp(settings: AppSettings, wrap = (database: Database) => database.driver): Promise<App> {
  const database = await openDatabase(settings.database)
  const { emailRetry = '30s', emailRetryMax = '10m', imageRetry = '1m' } = settings.timing ?? {}
  const sendEmail = sendEmailJob({
    mailer: smtpMailer(settings.smtp),
    retryBase: emailRetry,
    retryMax: emailRetryMax,
  })
  const processImage = new ProcessImage(settings.imageFolder, imageRetry)
  const queue = new Queue({ driver: wrap(database), jobs: [sendEmail, processImage] })

  return {
    orm: database.orm,
    queue,
    sendEmail,
    processImage,
    async migrate() {
      await database.orm.schema.update({ safe: true })
      await queue.migrate()
    },
    async close() {
      await queue.close()
      await database.orm.close()
    },
  }
}

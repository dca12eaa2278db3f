import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { openApp, type App } from '../src/app/app.ts'
import { MailCatcher } from '../src/mail/mail-catcher.ts'

/** The application on a SQLite database of its own, with a mail server that is up; gone when the test is over. */
export async function freshApp(): Promise<{ app: App; mail: MailCatcher; folder: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'example-'))
  const mail = await MailCatcher.down()
  await mail.start()
  const app = await openApp({
    database: { kind: 'sqlite', file: join(folder, 'app.sqlite') },
    smtp: { host: '127.0.0.1', port: mail.port },
    imageFolder: folder,
  })
  onTestFinished(async () => {
    await app.close()
    await mail.stop()
    await rm(folder, { recursive: true })
  })
  await app.migrate()
  return { app, mail, folder }
}

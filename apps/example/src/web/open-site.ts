import { getRequestListener } from '@hono/node-server'
import { once } from 'node:events'
import { mkdir } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { openApp } from '../app/app.ts'
import type { DatabaseSettings, Timing } from '../app/settings.ts'
import { MailCatcher } from '../mail/mail-catcher.ts'
import { createWeb } from './server.ts'
import { refusedAddress, type Site } from './site.ts'
import { Mailbox } from './world/mailbox.ts'

export interface SiteOptions {
  readonly database: DatabaseSettings
  /** Everything that is not in the database: mail, uploads, processed images. */
  readonly folder: string
  /** 0 takes any free one. */
  readonly port: number
}

export interface OpenSite extends Site {
  /** Lets running jobs end for a second, then gives them back. */
  close(): Promise<void>
}

/** Delays that somebody who watches is ready to wait. */
const watchableTiming = { emailRetry: '5s', emailRetryMax: '1m', imageRetry: '5s' } as const satisfies Timing

/** Web pages, mail server and worker, all in this process. */
export async function openSite({ database, folder, port }: SiteOptions): Promise<OpenSite> {
  const [uploads, images, letters] = [join(folder, 'uploads'), join(folder, 'images'), join(folder, 'mail')]
  for (const each of [uploads, images, letters]) await mkdir(each, { recursive: true })

  const mailbox = new Mailbox(letters)
  const mail = await MailCatcher.down((message) => mailbox.keep(message))
  mail.setMailbox(refusedAddress, { recipient: () => ({ code: 550, text: 'no such user' }) })
  await mail.start()
  const smtp = { host: '127.0.0.1', port: mail.port }
  const app = await openApp({ database, smtp, imageFolder: images, timing: watchableTiming })
  await app.migrate()

  const server = createServer().listen(port, '127.0.0.1')
  await once(server, 'listening')
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const site: Site = { app, mail, mailbox, uploads, origin }
  const listener = getRequestListener(createWeb(site).fetch)
  server.on('request', (request, response) => void listener(request, response))
  await startWorker(site)

  return {
    ...site,
    async close() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await app.close()
      await Promise.all([mail.stop(), closed])
    },
  }
}

/** In development mode: after a crash, the next process waits some six seconds for the jobs of the one before. */
async function startWorker({ app }: Site): Promise<void> {
  const worker = app.queue.createWorker({
    development: true,
    queues: { mail: { concurrency: 4 }, images: { concurrency: 2 } },
  })
  await worker.start()
}

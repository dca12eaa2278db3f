import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { PhotoServer } from '../src/demo/world/photo-server.ts'
import { freshApp } from './fresh-app.ts'

it('a dispatched e-mail is sent', async () => {
  const { app, mail } = await freshApp()
  await app.queue.createWorker().start()

  const job = await app.queue.dispatch(app.sendEmail, { to: 'ada@example.com', subject: 'Hello', body: 'Hello, Ada.' })
  const { response } = await app.queue.waitFor(job, { timeout: '30s' })

  expect(response).toMatch(/^250/)
  expect(await app.queue.find(job.id)).toMatchObject({ state: 'finished', attempt: 1 })
  expect(mail.received).toEqual(new Map([['ada@example.com', 1]]))
})

it('a dispatched image is processed', async () => {
  const { app, folder } = await freshApp()
  const photos = await PhotoServer.start(folder)
  await app.queue.createWorker().start()

  const imageUrl = await photos.take('beach.jpg')
  const job = await app.queue.dispatch(app.processImage, { imageUrl, userId: 7, processType: 'resize' })
  const { file, bytes } = await app.queue.waitFor(job, { timeout: '30s' })
  await photos.stop()

  expect(await app.queue.find(job.id)).toMatchObject({ state: 'finished', attempt: 1 })
  expect(file).toBe(join(folder, '7', 'resize', 'beach.jpg'))
  expect((await stat(file)).size).toBe(bytes)
})

import { runHandler } from '@goplate/queue-testing'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { PhotoServer } from '../demo/world/photo-server.ts'
import { ProcessImage } from './process-image.ts'

let folder: string
let photos: PhotoServer

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'process-image-'))
  photos = await PhotoServer.start(folder)
})
afterAll(async () => {
  await photos.stop()
  await rm(folder, { recursive: true })
})

it.each(['resize', 'compress'] as const)('can %s', async (processType) => {
  const payload = { imageUrl: await photos.take('beach.jpg'), userId: 1, processType }
  const result = { file: join(folder, '1', processType, 'beach.jpg'), bytes: expect.any(Number) }
  expect(await runHandler(new ProcessImage(folder), payload)).toMatchObject({ outcome: 'finished', result })
})

it('fetches a photo that is not there again in a minute', async () => {
  const imageUrl = await photos.take('flaky.jpg', () => 503)
  const run = await runHandler(new ProcessImage(folder), { imageUrl, userId: 1, processType: 'resize' })
  expect(run).toMatchObject({ outcome: 'retried', delayMs: 60_000 })
})

it('refuses an unknown process type for good', async () => {
  const payload = { imageUrl: 'https://example.com/a.jpg', userId: 1, processType: 'rotate' as 'resize' }
  expect(await runHandler(new ProcessImage(folder), payload)).toMatchObject({ outcome: 'failed', reason: 'permanent' })
})

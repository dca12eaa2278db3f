import { PermanentError } from '@goplate/queue-core'
import { runHandler } from '@goplate/queue-testing'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { expect, it } from 'vitest'
import { PhotoServer } from '../demo/world/photo-server.ts'
import { ProcessImage } from './process-image.ts'

const folder = await mkdtemp(join(tmpdir(), 'process-image-'))
const job = new ProcessImage(folder)

it('makes a thumbnail', async () => {
  const photos = await PhotoServer.start(folder)
  const imageUrl = await photos.take('beach.jpg')
  const { file } = await runHandler(job, { imageUrl, userId: 1, processType: 'resize' })
  expect(file).toBe(join(folder, '1', 'resize', 'beach.jpg'))
  expect(await sharp(file).metadata()).toMatchObject({ format: 'jpeg', width: 320 })
  await photos.stop()
})

it('refuses an unknown process type for good', async () => {
  const payload = { imageUrl: 'https://example.com/a.jpg', userId: 1, processType: 'rotate' as 'resize' }
  await expect(runHandler(job, payload)).rejects.toBeInstanceOf(PermanentError)
})

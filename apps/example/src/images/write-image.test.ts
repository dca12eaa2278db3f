import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { drawPhoto } from '../demo/world/photo-server.ts'
import { compressImage, resizeImage, thumbnailWidth } from './write-image.ts'

let folder: string
let photo: Buffer

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'images-'))
  await drawPhoto(join(folder, 'photo.jpg'))
  photo = await readFile(join(folder, 'photo.jpg'))
})
afterAll(() => rm(folder, { recursive: true }))

it('resizes to the width of a thumbnail', async () => {
  const target = join(folder, 'small.jpg')
  const bytes = await resizeImage(photo, target)
  expect((await stat(target)).size).toBe(bytes)
  expect(bytes).toBeLessThan(photo.length)
  expect(await sharp(target).metadata()).toMatchObject({ format: 'jpeg', width: thumbnailWidth, height: 240 })
})

it('compresses to fewer bytes of the same size, as often as one likes', async () => {
  const target = join(folder, 'compressed.jpg')
  const bytes = await compressImage(photo, target)
  expect(await compressImage(photo, target)).toBe(bytes)
  expect(bytes).toBeLessThan(photo.length / 2)
  expect(await sharp(target).metadata()).toMatchObject({ format: 'jpeg', width: 1200, height: 900 })
})

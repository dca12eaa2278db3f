import { mkdir, rename } from 'node:fs/promises'
import { randomUUID } from 'node:crypto'
import { dirname } from 'node:path'
import sharp, { type Sharp } from 'sharp'

export const thumbnailWidth = 320

export function resizeImage(source: Uint8Array, target: string): Promise<number> {
  return write(sharp(source).resize({ width: thumbnailWidth, withoutEnlargement: true }), target)
}

export function compressImage(source: Uint8Array, target: string): Promise<number> {
  return write(sharp(source).jpeg({ quality: 40, mozjpeg: true }), target)
}

/** Whole or not at all, and as often as one likes: the image gets its name by a rename. Returns its size in bytes. */
async function write(image: Sharp, target: string): Promise<number> {
  await mkdir(dirname(target), { recursive: true })
  const draft = `${target}.${randomUUID()}`
  const { size } = await image.jpeg().toFile(draft)
  await rename(draft, target)
  return size
}

import { randomUUID } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'

export const largestUpload = 8 * 1024 * 1024
export const acceptedFormats = ['jpeg', 'png', 'webp'] as const
type Format = (typeof acceptedFormats)[number]

export interface StoredPhoto {
  readonly file: string
  readonly format: Format
  readonly width: number
  readonly height: number
  readonly bytes: number
}

/** Far more than any camera's photo, and far less than a picture made to fill the memory. */
const mostPixels = 64_000_000

/**
 * Keeps an upload; undefined when it is not one of the accepted kinds of images. What it is, its bytes decide: neither
 * its name nor the type the browser told.
 */
export async function storePhoto(folder: string, bytes: Uint8Array): Promise<StoredPhoto | undefined> {
  const found = await sharp(bytes, { limitInputPixels: mostPixels })
    .metadata()
    .catch(() => undefined)
  const format = acceptedFormats.find((known) => known === found?.format)
  if (found === undefined || format === undefined) return undefined
  if (found.width * found.height > mostPixels) return undefined
  const file = randomUUID()
  await writeFile(join(folder, file), bytes)
  return { file, format, width: found.width, height: found.height, bytes: bytes.length }
}

import { PermanentError, type Duration, type Job, type JobContext } from '@goplate/queue-core'
import { join } from 'node:path'
import { compressImage, resizeImage } from '../images/write-image.ts'

export interface ImagePayload {
  imageUrl: string
  userId: number
  processType: 'resize' | 'compress'
}

export interface ProcessedImage {
  file: string
  bytes: number
}

export class ProcessImage implements Job<ImagePayload, ProcessedImage> {
  readonly type = 'process_image'
  readonly queue = 'images'
  readonly maxAttempts = 5
  readonly #folder: string
  readonly #retryDelay: Duration

  constructor(folder: string, retryDelay: Duration = '1m') {
    this.#folder = folder
    this.#retryDelay = retryDelay
  }

  retryAfter(): Duration {
    return this.#retryDelay
  }

  async handle({ imageUrl, userId, processType }: ImagePayload, context: JobContext): Promise<ProcessedImage> {
    const write = writerOf(processType)
    const file = join(this.#folder, String(userId), processType, new URL(imageUrl).pathname)
    const photo = await download(imageUrl, context)
    const bytes = await write(photo, file)
    context.log(`wrote ${bytes} bytes, ${Math.round((100 * bytes) / photo.length)} % of the original`)
    return { file, bytes }
  }
}

/** A payload is what somebody stored once: it may name a process type that this version does not know. */
function writerOf(processType: ImagePayload['processType']): typeof resizeImage {
  switch (processType) {
    case 'resize':
      return resizeImage
    case 'compress':
      return compressImage
    default:
      throw new PermanentError(`unknown process type: ${String(processType)}`)
  }
}

/** Most of the time is spent here, so this is what the progress tells. */
async function download(url: string, context: JobContext): Promise<Uint8Array> {
  context.log(`downloading ${url}`)
  const response = await fetch(url, { signal: context.signal })
  if (!response.ok) throw new Error(`${url} answered ${response.status}`)
  const length = Number(response.headers.get('content-length'))
  const pieces: Uint8Array[] = []
  let received = 0
  for await (const piece of response.body ?? []) {
    pieces.push(piece)
    received += piece.length
    if (length > 0) context.progress(Math.round((100 * received) / length))
  }
  context.log(`received ${received} bytes`)
  return Buffer.concat(pieces)
}

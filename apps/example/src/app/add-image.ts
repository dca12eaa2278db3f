import type { App } from './app.ts'
import { Image } from './entities/image.ts'

/** Nobody has to sign up before uploading. */
const guest = 0

export interface Upload extends Pick<Image, 'name' | 'file' | 'format' | 'width' | 'height' | 'bytes'> {
  /** Where workers fetch it. */
  readonly url: string
}

/** The photo's row and both of its jobs are stored together or not at all. */
export async function addImage(app: App, { url, ...photo }: Upload): Promise<Image> {
  return app.orm.em.fork().transactional(async (em) => {
    const payload = { imageUrl: url, userId: guest }
    const resize = await app.queue.dispatch(app.processImage, { ...payload, processType: 'resize' })
    const compress = await app.queue.dispatch(app.processImage, { ...payload, processType: 'compress' })
    const image = em.create(Image, { ...photo, resizeJob: resize.id, compressJob: compress.id })
    await em.flush()
    return image
  })
}

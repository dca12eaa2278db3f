import type { JobRecord } from '@goplate/queue-core'
import { Hono, type Context } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { z } from 'zod'
import { addImage } from '../../app/add-image.ts'
import { Image } from '../../app/entities/image.ts'
import type { Site } from '../site.ts'
import { imagesPage, type Picture, type Version } from '../views/images.ts'
import { largestUpload, storePhoto } from '../world/photo-store.ts'
import { samplePhoto } from '../world/sample-photo.ts'
import { wantsJson } from './wants-json.ts'

const imagesShown = 10
const tooLarge = 'A photo may have at most 8 MB.'
const noImage = 'Please choose a JPEG, PNG or WebP image.'

export function imageRoutes(site: Site): Hono {
  const limit = bodyLimit({
    // What the form says around the photo counts too.
    maxSize: largestUpload + 16 * 1024,
    onError: (c) => refuse(c, site, { status: 413, error: tooLarge }),
  })
  return new Hono()
    .get('/images', async (c) => c.html(imagesPage({ pictures: await pictures(site) })))
    .post('/images', limit, async (c) => {
      const { photo } = await c.req.parseBody().catch(() => ({ photo: undefined }))
      if (!(photo instanceof File) || photo.size === 0) return refuse(c, site, { status: 422, error: noImage })
      if (photo.size > largestUpload) return refuse(c, site, { status: 413, error: tooLarge })
      return accept(c, site, { name: photo.name, bytes: await photo.bytes() })
    })
    .post('/images/sample', async (c) => accept(c, site, { name: 'evening.jpg', bytes: await samplePhoto() }))
    .get('/uploads/:file{[0-9a-f-]{36}}', async (c) => {
      const image = await site.app.orm.em.fork().findOne(Image, { file: c.req.param('file') })
      if (image === null) return c.notFound()
      return sendImage(c, join(site.uploads, image.file), `image/${image.format}`)
    })
    .get('/images/:job{[0-9]{1,19}}', async (c) => {
      const result = resultOf(await site.app.queue.find(c.req.param('job')))
      return result === undefined ? c.notFound() : sendImage(c, result.file, 'image/jpeg')
    })
}

async function accept(c: Context, site: Site, { name, bytes }: { name: string; bytes: Uint8Array }): Promise<Response> {
  const photo = await storePhoto(site.uploads, bytes)
  if (photo === undefined) return refuse(c, site, { status: 422, error: noImage })
  const url = `${site.origin}/uploads/${photo.file}`
  const image = await addImage(site.app, { ...photo, name: name.slice(0, 120), url })
  if (wantsJson(c)) return c.json({ success: true, jobs: [image.resizeJob, image.compressJob] })
  return c.redirect('/images', 303)
}

async function refuse(c: Context, site: Site, { status, error }: { status: 413 | 422; error: string }) {
  if (wantsJson(c)) return c.json({ error }, status)
  return c.html(imagesPage({ pictures: await pictures(site), error }), status)
}

/** The newest uploads, each with what its jobs have made of it so far. */
async function pictures({ app }: Site): Promise<Picture[]> {
  const images = await app.orm.em.fork().find(Image, {}, { orderBy: { id: 'desc' }, limit: imagesShown })
  return Promise.all(
    images.map(async (image) => ({
      image,
      versions: await Promise.all(
        [image.resizeJob, image.compressJob].map(async (id) => versionOf(id, await app.queue.find(id))),
      ),
    })),
  )
}

async function versionOf(jobId: string, job: JobRecord | undefined): Promise<Version> {
  const result = resultOf(job)
  if (result === undefined) return { jobId, job }
  const size = await sharp(result.file)
    .metadata()
    .catch(() => undefined)
  return size === undefined
    ? { jobId, job }
    : { jobId, job, made: { bytes: result.bytes, width: size.width, height: size.height } }
}

const processed = z.object({ file: z.string(), bytes: z.number() })

function resultOf(job: JobRecord | undefined): z.infer<typeof processed> | undefined {
  return job?.type === 'process_image' && job.state === 'finished' ? processed.safeParse(job.result).data : undefined
}

async function sendImage(c: Context, file: string, type: string): Promise<Response> {
  const bytes = await readFile(file).catch(() => undefined)
  if (bytes === undefined) return c.notFound()
  return c.body(bytes, 200, { 'content-type': type, 'cache-control': 'private, max-age=3600' })
}

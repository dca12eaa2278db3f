import type { JobId } from '@goplate/queue-core'
import { Hono } from 'hono'
import { stream } from 'hono/streaming'
import type { StreamingApi } from 'hono/utils/stream'
import type { ImagePayload } from '../../jobs/process-image.ts'
import { refusedAddress, type Site } from '../site.ts'
import { samplePhoto } from '../world/sample-photo.ts'

/** How long the slow photo takes: long enough to look at the running job and to cancel it. */
const slowPhotoMs = 20_000
const pieces = 40

/** Things that go wrong, or just not at once, to be looked at. Each dispatches one job. */
export function trialRoutes(site: Site): Hono {
  const routes = new Hono()
  for (const [name, dispatch] of Object.entries(trials(site))) {
    routes.post(`/try/${name}`, async (c) => c.redirect(`/jobs/${(await dispatch()).id}`, 303))
  }
  return routes
    .get('/try/slow-photo', async (c) => {
      const photo = await samplePhoto()
      c.header('content-type', 'image/jpeg')
      c.header('content-length', String(photo.length))
      return stream(c, (out) => trickle(photo, out))
    })
    .get('/try/broken-photo', (c) => c.body('This is no photo.', 200, { 'content-type': 'image/jpeg' }))
}

async function trickle(photo: Uint8Array, out: StreamingApi): Promise<void> {
  const piece = Math.ceil(photo.length / pieces)
  for (let start = 0; start < photo.length && !out.aborted; start += piece) {
    await out.sleep(slowPhotoMs / pieces)
    await out.write(photo.subarray(start, start + piece))
  }
}

function trials({ app, origin }: Site): Readonly<Record<string, () => Promise<{ readonly id: JobId }>>> {
  const image = (path: string, processType: ImagePayload['processType'] = 'resize') =>
    app.queue.dispatch(app.processImage, { imageUrl: `${origin}/try/${path}`, userId: 0, processType })
  const email = (to: string, subject: string, options = {}) =>
    app.queue.dispatch(app.sendEmail, { to, subject, body: 'Sent from the home page of the example.' }, options)

  return {
    'refused-address': () => email(refusedAddress, 'Nobody will read this'),
    'delayed-email': () => email('later@example.com', 'Twenty seconds later', { delay: '20s' }),
    'unknown-process-type': () => image('broken-photo', 'rotate' as 'resize'),
    'broken-photo': () => image('broken-photo'),
    'slow-photo': () => image('slow-photo'),
  }
}

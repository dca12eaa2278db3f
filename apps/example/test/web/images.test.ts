import sharp from 'sharp'
import { expect, it } from 'vitest'
import { Image } from '../../src/app/entities/image.ts'
import { largestUpload } from '../../src/web/world/photo-store.ts'
import { form, freshSite, leadsTo } from './fresh-site.ts'

const drawing = (format: 'png' | 'gif') =>
  sharp({ create: { width: 640, height: 400, channels: 3, background: '#336699' } })
    .toFormat(format)
    .toBuffer()
    .then((bytes) => new Uint8Array(bytes))

it('makes two smaller versions of an upload and shows all three', async () => {
  const { web, app } = await freshSite()
  const photo = new File([await drawing('png')], '<b>holiday</b>.png', { type: 'image/png' })
  expect(leadsTo(await web.request('/images', form({ photo })))).toBe('/images')
  const image = await app.orm.em.fork().findOneOrFail(Image, { format: 'png' })
  for (const job of [image.resizeJob, image.compressJob]) await app.queue.waitFor(job)

  const page = await (await web.request('/images')).text()
  expect(page).toContain('&lt;b&gt;holiday&lt;/b&gt;.png')
  expect(page).not.toContain('<b>holiday')
  expect(page).toContain('640 × 400')
  expect(page).toContain('320 × 200')
  expect(await contents(web, `/uploads/${image.file}`)).toMatchObject({ type: 'image/png', width: 640 })
  expect(await contents(web, `/images/${image.resizeJob}`)).toMatchObject({ type: 'image/jpeg', width: 320 })
  expect(await contents(web, `/images/${image.compressJob}`)).toMatchObject({ type: 'image/jpeg', width: 640 })
})

async function contents(web: Awaited<ReturnType<typeof freshSite>>['web'], path: string) {
  const response = await web.request(path)
  const { width } = await sharp(new Uint8Array(await response.arrayBuffer())).metadata()
  return { type: response.headers.get('content-type'), width }
}

it('draws a sample for whoever has none', async () => {
  const { web, app } = await freshSite()
  expect(leadsTo(await web.request('/images/sample', form()))).toBe('/images')
  expect(await app.orm.em.fork().find(Image, {})).toMatchObject([{ name: 'evening.jpg', width: 1600, height: 1000 }])
  expect((await app.queue.list()).jobs).toHaveLength(2)
})

it.each([
  ['a text that says it is a picture', async () => new TextEncoder().encode('GIF87a, honestly'), 422],
  [
    'a drawing that may hold scripts',
    async () => new TextEncoder().encode('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'),
    422,
  ],
  ['a format it does not take', () => drawing('gif'), 422],
  ['an empty file', async () => new Uint8Array(), 422],
  ['a photo that is too large', async () => new Uint8Array(largestUpload + 1), 413],
  ['a body that is too large', async () => new Uint8Array(largestUpload + 32 * 1024), 413],
] as const)('refuses %s', async (_name, make, status) => {
  const { web, app } = await freshSite()
  const photo = new File([await make()], 'photo.jpg', { type: 'image/jpeg' })
  const response = await web.request('/images', form({ photo }))
  expect(response.status).toBe(status)
  expect(await response.text()).toContain('role="alert"')
  expect(await app.orm.em.fork().count(Image)).toBe(0)
  expect((await app.queue.list()).jobs).toEqual([])
})

it('refuses a form without a file, in JSON too', async () => {
  const { web } = await freshSite()
  expect((await web.request('/images', form({ photo: 'just words' }))).status).toBe(422)
  const headers = { accept: 'application/json' }
  const response = await web.request('/images', { method: 'POST', headers, body: new FormData() })
  expect(await response.json()).toEqual({ error: 'Please choose a JPEG, PNG or WebP image.' })
})

it('has no other files to give', async () => {
  const { web, app } = await freshSite()
  const email = await app.queue.dispatch(app.sendEmail, { to: 'ada@example.com', subject: 'Hello', body: '' })
  await app.queue.waitFor(email)
  for (const path of [`/images/${email.id}`, '/images/999', `/uploads/${'0'.repeat(36)}`, '/uploads/..%2fapp.sqlite']) {
    expect((await web.request(path)).status, path).toBe(404)
  }
})

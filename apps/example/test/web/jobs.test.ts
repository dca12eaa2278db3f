import { expect, it } from 'vitest'
import { refusedAddress } from '../../src/web/site.ts'
import { form, freshSite, leadsTo } from './fresh-site.ts'
import { email, failed, read } from './looking.ts'

it('lists jobs with state, attempts, times and errors, and filters them', async () => {
  const { web, app } = await freshSite()
  await app.queue.waitFor(await app.queue.dispatch(app.sendEmail, email))
  await failed(app, await app.queue.dispatch(app.sendEmail, { ...email, to: refusedAddress }))
  await app.queue.dispatch(app.sendEmail, email, { delay: '1h' })
  const imageUrl = 'http://127.0.0.1:9/photo.jpg'
  await failed(app, await app.queue.dispatch(app.processImage, { imageUrl, userId: 0, processType: 'no' as 'resize' }))

  const page = await read(web, '/jobs')
  for (const text of ['finished', 'scheduled', 'failed', '1 of 3', '550 no such user', 'unknown process type: no']) {
    expect(page).toContain(text)
  }
  expect(jobsOn(page)).toEqual(['4', '3', '2', '1'])
  expect(jobsOn(await read(web, '/jobs?state=failed'))).toEqual(['4', '2'])
  expect(jobsOn(await read(web, '/jobs?state=failed&type=send_email'))).toEqual(['2'])
  expect(jobsOn(await read(web, '/jobs?type=process_image'))).toEqual(['4'])
  expect(jobsOn(await read(web, '/jobs?queue=mail'))).toEqual(['3', '2', '1'])
  expect(jobsOn(await read(web, '/jobs?queue=images&type=send_email'))).toEqual([])
  expect(jobsOn(await read(web, '/jobs?state=%27&type=%3Cscript%3E'))).toHaveLength(4)
})

it('shows a long history in pages', async () => {
  const { web, app } = await freshSite()
  await app.queue.dispatchMany(app.sendEmail, Array(30).fill(email), { delay: '1h' })
  const page = await read(web, '/jobs')
  expect(jobsOn(page)).toHaveLength(25)
  const older = /href="(\/jobs\?after=[^"]+)" rel="next">Older/.exec(page)![1]!
  const second = await read(web, older)
  expect(jobsOn(second)).toEqual(['5', '4', '3', '2', '1'])
  expect(second).toContain('<a href="/jobs">Newest</a>')
  expect(second).not.toContain('Older')
})

it('cancels and retries from the list, and comes back to it', async () => {
  const { web, app } = await freshSite()
  const { id } = await app.queue.dispatch(app.sendEmail, email, { delay: '1h' })
  const shown = '/jobs?state=pending&queue=mail'
  const list = await read(web, shown)
  expect(list).toContain(`aria-label="Cancel job ${id}"`)
  const back = /name="back" value="([^"]+)"/.exec(list)![1]!.replaceAll('&amp;', '&')
  expect(back).toBe(shown)
  const to = leadsTo(await web.request(`/jobs/${id}/cancel`, form({ back })))
  expect(to).toBe(`${shown}&notice=cancelled`)
  expect(await read(web, to!)).toContain('The job was cancelled.')
  expect(leadsTo(await web.request(`/jobs/${id}/retry`, form({ back: '/jobs' })))).toBe('/jobs?notice=retried')
})

it.each(['https://evil.example/jobs', '//evil.example', '/jobs/../evil', '/jobs?a=\r\nx: y'])(
  'never leads to %j',
  async (back) => {
    const { web, app } = await freshSite()
    const { id } = await app.queue.dispatch(app.sendEmail, email, { delay: '1h' })
    expect(leadsTo(await web.request(`/jobs/${id}/cancel`, form({ back })))).toBe(`/jobs/${id}?notice=cancelled`)
  },
)

/** The ids of the jobs in the table, in its order. */
function jobsOn(page: string): string[] {
  return [...page.matchAll(/<td class="what">\s*<a href="\/jobs\/(\d+)"/g)].map(([, id]) => id!)
}

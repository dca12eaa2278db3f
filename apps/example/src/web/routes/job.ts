import { Hono, type Context } from 'hono'
import type { Site } from '../site.ts'
import { jobPage } from '../views/job.ts'
import { isNotice, type Notice } from '../views/notice.ts'

/** The most that `lines` answers. */
const linesShown = 1_000

/** One job: to look at, to cancel, to run again, to delete. */
export function jobRoutes({ app }: Site): Hono {
  const { queue } = app
  return new Hono()
    .get('/jobs/:id{[0-9]{1,19}}', async (c) => {
      const id = c.req.param('id')
      const job = await queue.find(id, { history: true })
      if (job === undefined) return c.notFound()
      const lines = await queue.lines(id, { limit: linesShown })
      const notice = c.req.query('notice')
      return c.html(jobPage({ job, lines, notice: isNotice(notice) ? notice : undefined }))
    })
    .post('/jobs/:id{[0-9]{1,19}}/cancel', async (c) => {
      const id = c.req.param('id')
      return answer(c, `/jobs/${id}`, await queue.cancel(id, { reason: 'cancelled by hand' }))
    })
    .post('/jobs/:id{[0-9]{1,19}}/retry', async (c) => {
      const id = c.req.param('id')
      return answer(c, `/jobs/${id}`, await queue.retry(id, { force: true }))
    })
    .post('/jobs/:id{[0-9]{1,19}}/delete', async (c) => {
      const id = c.req.param('id')
      const verdict = await queue.delete(id)
      if (verdict === 'missing') return c.notFound()
      return c.redirect(verdict === 'removed' ? '/jobs?notice=deleted' : `/jobs/${id}?notice=requested`, 303)
    })
}

/** Back to the list if the button stood there, with its filters; to the job otherwise. */
async function answer(c: Context, page: string, notice: Notice | 'missing'): Promise<Response> {
  if (notice === 'missing') return c.notFound()
  const { back } = await c.req.parseBody()
  const list = typeof back === 'string' && /^\/jobs(\?[\w.:&=-]*)?$/.test(back) ? back : undefined
  const to = list ?? page
  return c.redirect(`${to}${to.includes('?') ? '&' : '?'}notice=${notice}`, 303)
}

import { jobStates, type JobState } from '@goplate/queue-core'
import { Hono } from 'hono'
import type { Site } from '../site.ts'
import { jobPage, type Notice } from '../views/job.ts'
import { jobsPage } from '../views/jobs.ts'
import { jobsWithHistory } from './jobs-with-history.ts'

const jobsShown = 25

export function jobRoutes({ app }: Site): Hono {
  const { queue } = app
  const types = [app.sendEmail.type, app.processImage.type]
  return new Hono()
    .get('/jobs', async (c) => {
      const state = jobStates.find((known) => known === c.req.query('state'))
      const type = types.find((known) => known === c.req.query('type'))
      const after = /^[\w.:-]{1,64}$/.exec(c.req.query('after') ?? '')?.[0]
      const filter = { ...(state && { states: [state] }), ...(type && { types: [type] }) }
      const page = await jobsWithHistory(queue, { ...filter, limit: jobsShown, ...(after && { after }) })
      const counts = await countByState(app, type)
      return c.html(jobsPage({ ...page, counts, types, state, type, after }))
    })
    .get('/jobs/:id{[0-9]{1,19}}', async (c) => {
      const job = await queue.find(c.req.param('id'), { history: true })
      return job === undefined ? c.notFound() : c.html(jobPage(job, c.req.query('notice')))
    })
    .post('/jobs/:id{[0-9]{1,19}}/cancel', async (c) => {
      const id = c.req.param('id')
      const notice: Notice = await queue.cancel(id, { reason: 'cancelled on its page' })
      return notice === 'missing' ? c.notFound() : c.redirect(`/jobs/${id}?notice=${notice}`, 303)
    })
    .post('/jobs/:id{[0-9]{1,19}}/retry', async (c) => {
      const id = c.req.param('id')
      const notice: Notice = await queue.retry(id, { force: true })
      return notice === 'missing' ? c.notFound() : c.redirect(`/jobs/${id}?notice=${notice}`, 303)
    })
    .post('/jobs/:id{[0-9]{1,19}}/delete', async (c) => {
      const id = c.req.param('id')
      const verdict = await queue.delete(id)
      if (verdict === 'missing') return c.notFound()
      return c.redirect(verdict === 'removed' ? '/jobs' : `/jobs/${id}?notice=requested`, 303)
    })
}

async function countByState({ queue }: Site['app'], type: string | undefined): Promise<ReadonlyMap<JobState, number>> {
  const counts = new Map<JobState, number>()
  for (const { state, count } of await queue.count(type === undefined ? {} : { types: [type] })) {
    counts.set(state, (counts.get(state) ?? 0) + count)
  }
  return counts
}

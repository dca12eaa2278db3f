import { jobStates, type JobState } from '@goplate/queue-core'
import { Hono, type Context } from 'hono'
import type { Site } from '../site.ts'
import type { Shown } from '../views/job-filters.ts'
import { jobsPage } from '../views/jobs.ts'
import { isNotice } from '../views/notice.ts'
import { jobsWithHistory } from './jobs-with-history.ts'
import { queueStates } from './queues.ts'

const jobsShown = 25

/** All jobs, by state, type and queue. */
export function jobsRoutes({ app }: Site): Hono {
  const { queue } = app
  const jobs = [app.sendEmail, app.processImage]
  const known = { types: jobs.map(({ type }) => type), queues: jobs.map((job) => job.queue) }

  return new Hono().get('/jobs', async (c) => {
    const shown = shownBy(c, known)
    const { state, type, queue: name, after } = shown
    const kind = { ...(type && { types: [type] }), ...(name && { queues: [name] }) }
    const filter = { ...kind, ...(state && { states: [state] }) }
    const page = await jobsWithHistory(queue, { ...filter, limit: jobsShown, ...(after && { after }) })
    const counts = await countByState(app, kind)
    const queues = await queueStates(app, known.queues)
    const notice = c.req.query('notice')
    return c.html(
      jobsPage({ ...page, counts, queues, types: known.types, shown, notice: isNotice(notice) ? notice : undefined }),
    )
  })
}

/** What the address asks for. Whatever is unknown counts as not said. */
function shownBy(c: Context, known: { readonly types: readonly string[]; readonly queues: readonly string[] }): Shown {
  const asked = (name: string, values: readonly string[]) => values.find((value) => value === c.req.query(name))
  return {
    state: jobStates.find((state) => state === c.req.query('state')),
    type: asked('type', known.types),
    queue: asked('queue', known.queues),
    after: /^[\w.:-]{1,64}$/.exec(c.req.query('after') ?? '')?.[0],
  }
}

async function countByState(
  { queue }: Site['app'],
  filter: { readonly types?: readonly string[]; readonly queues?: readonly string[] },
): Promise<ReadonlyMap<JobState, number>> {
  const counts = new Map<JobState, number>()
  for (const { state, count } of await queue.count(filter)) counts.set(state, (counts.get(state) ?? 0) + count)
  return counts
}

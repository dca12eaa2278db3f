import { Hono } from 'hono'
import type { Site } from '../site.ts'
import type { QueueState } from '../views/queues.ts'

/** Pausing and resuming: in every process that serves the queue, and until somebody resumes it. */
export function queueRoutes({ app }: Site): Hono {
  const { queue } = app
  const names = [app.sendEmail.queue, app.processImage.queue]
  return new Hono()
    .post('/queues/:name/pause', async (c) => {
      const name = names.find((known) => known === c.req.param('name'))
      if (name === undefined) return c.notFound()
      await queue.pause({ queue: name, reason: 'paused by hand' })
      return c.redirect('/jobs?notice=paused', 303)
    })
    .post('/queues/:name/resume', async (c) => {
      const name = names.find((known) => known === c.req.param('name'))
      if (name === undefined) return c.notFound()
      await queue.resume({ queue: name })
      return c.redirect('/jobs?notice=resumed', 303)
    })
}

/** Each queue with what waits in it, what runs, and whether it is paused. */
export async function queueStates({ queue }: Site['app'], names: readonly string[]): Promise<QueueState[]> {
  const [counts, paused] = await Promise.all([queue.count({ states: ['pending', 'running'] }), queue.paused()])
  return names.map((name) => {
    const sum = (state: string) =>
      counts.filter((one) => one.queue === name && one.state === state).reduce((total, { count }) => total + count, 0)
    const pausedSince = paused.find((pause) => pause.kind === 'queue' && pause.name === name)?.since
    return { name, pending: sum('pending'), running: sum('running'), ...(pausedSince && { pausedSince }) }
  })
}

import { Hono } from 'hono'
import type { Site } from '../site.ts'
import { homePage, type Overview } from '../views/home.ts'
import { jobsWithHistory } from './jobs-with-history.ts'

const jobsShown = 8

export function homeRoutes(site: Site): Hono {
  return new Hono().get('/', async (c) => {
    const welcome = /^\d{1,19}$/.exec(c.req.query('welcome') ?? '')?.[0]
    return c.html(homePage({ ...(await overview(site)), welcome }))
  })
}

/** What the home page shows beside the form. The page is there also when the database is not. */
export async function overview({ app, mail }: Site): Promise<Overview> {
  try {
    const { jobs } = await jobsWithHistory(app.queue, { limit: jobsShown })
    return { jobs, mailIsUp: mail.isUp }
  } catch {
    return { mailIsUp: mail.isUp }
  }
}

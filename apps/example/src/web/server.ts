import { Hono } from 'hono'
import { csrf } from 'hono/csrf'
import { secureHeaders } from 'hono/secure-headers'
import { assetRoutes } from './routes/assets.ts'
import { homeRoutes } from './routes/home.ts'
import { imageRoutes } from './routes/images.ts'
import { jobRoutes } from './routes/job.ts'
import { jobsRoutes } from './routes/jobs.ts'
import { mailRoutes } from './routes/mail.ts'
import { queueRoutes } from './routes/queues.ts'
import { signUpRoutes } from './routes/sign-up.ts'
import { trialRoutes } from './routes/trials.ts'
import type { Site } from './site.ts'
import { problemPage } from './views/problem.ts'

/** The whole site as one function from request to response. */
export function createWeb(site: Site): Hono {
  const web = new Hono()
  web.use(
    secureHeaders({
      strictTransportSecurity: false,
      contentSecurityPolicy: { defaultSrc: ["'self'"], frameAncestors: ["'none'"], formAction: ["'self'"] },
    }),
  )

  // A browser always says where a form comes from. Who says nothing is a program, which carries nobody's cookies.
  const sameOrigin = csrf()
  web.use((c, next) => {
    const fromBrowser = c.req.header('origin') ?? c.req.header('sec-fetch-site')
    return fromBrowser === undefined ? next() : sameOrigin(c, next)
  })

  web.route('/', assetRoutes())
  web.route('/', homeRoutes(site))
  web.route('/', signUpRoutes(site))
  web.route('/', mailRoutes(site))
  web.route('/', imageRoutes(site))
  web.route('/', jobsRoutes(site))
  web.route('/', jobRoutes(site))
  web.route('/', queueRoutes(site))
  web.route('/', trialRoutes(site))

  web.notFound((c) => c.html(problemPage(404, 'There is nothing here.'), 404))
  web.onError((error, c) => {
    if ('getResponse' in error) return error.getResponse()
    console.error(error)
    return c.html(problemPage(500, 'Something went wrong. The terminal says what.'), 500)
  })
  return web
}

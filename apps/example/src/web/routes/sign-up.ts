import { UniqueConstraintViolationException } from '@mikro-orm/core'
import { Hono, type Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { z } from 'zod'
import { signUp } from '../../app/sign-up.ts'
import type { Site } from '../site.ts'
import { homePage } from '../views/home.ts'
import { overview } from './home.ts'
import { sendsJson, wantsJson } from './wants-json.ts'

const form = z.object({
  name: z.string().trim().min(1, 'Please tell your name').max(80, 'At most 80 characters'),
  email: z.email('Not an e-mail address').max(254, 'At most 254 characters'),
})

const queued = { success: true, message: 'Welcome email queued successfully' } as const

/** Why somebody was not signed up, for programs; `issues` names the fields. */
interface Refusal {
  readonly error: string
  readonly issues?: readonly { readonly path: string; readonly message: string }[]
}

export function signUpRoutes(site: Site): Hono {
  return new Hono().post('/sign-up', async (c) => {
    const input: unknown = await (sendsJson(c) ? c.req.json() : c.req.parseBody()).catch(() => undefined)
    const parsed = form.safeParse(input)
    if (!parsed.success) {
      const issues = parsed.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }))
      return refuse(c, site, { status: 422, input, refusal: { error: 'Please check what you entered', issues } })
    }
    try {
      const welcome = await signUp(site.app, parsed.data)
      return wantsJson(c) ? c.json(queued) : c.redirect(`/?welcome=${welcome.id}`, 303)
    } catch (error) {
      return refuse(c, site, { ...reason(error), input })
    }
  })
}

function reason(error: unknown): { readonly status: ContentfulStatusCode; readonly refusal: Refusal } {
  if (error instanceof UniqueConstraintViolationException) {
    const issues = [{ path: 'email', message: 'Somebody has signed up with this address' }]
    return { status: 409, refusal: { error: 'This address is taken', issues } }
  }
  return { status: 500, refusal: { error: 'Failed to queue welcome email' } }
}

async function refuse(
  c: Context,
  site: Site,
  { status, input, refusal }: { status: ContentfulStatusCode; input: unknown; refusal: Refusal },
): Promise<Response> {
  if (wantsJson(c)) return c.json(refusal, status)
  const entered = z.object({ name: z.string().catch(''), email: z.string().catch('') }).safeParse(input)
  return c.html(homePage({ ...(await overview(site)), refusal, entered: entered.data }), status)
}

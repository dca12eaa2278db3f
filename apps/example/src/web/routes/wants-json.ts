import type { Context } from 'hono'
import { accepts } from 'hono/accepts'

/** Whether a program asks: it sends JSON, or takes JSON rather than a page. */
export function wantsJson(c: Context): boolean {
  if (sendsJson(c)) return true
  const supports = ['text/html', 'application/json']
  return accepts(c, { header: 'Accept', supports, default: 'text/html' }) === 'application/json'
}

export function sendsJson(c: Context): boolean {
  return c.req.header('content-type')?.startsWith('application/json') ?? false
}

import type { Hono } from 'hono'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { openSite, type OpenSite } from '../../src/web/open-site.ts'
import { createWeb } from '../../src/web/server.ts'

/** The whole site on a SQLite database of its own, with worker and mail server; gone when the test is over. */
export async function freshSite(): Promise<OpenSite & { readonly web: Hono }> {
  const folder = await mkdtemp(join(tmpdir(), 'example-site-'))
  const site = await openSite({ database: { kind: 'sqlite', file: join(folder, 'app.sqlite') }, folder, port: 0 })
  onTestFinished(async () => {
    await site.close()
    await rm(folder, { recursive: true })
  })
  return { ...site, web: createWeb(site) }
}

/** What a browser sends for a form of the site's own page. */
export function form(fields: Readonly<Record<string, string | Blob>> = {}): RequestInit {
  const files = Object.values(fields).some((value) => value instanceof Blob)
  const body = files ? new FormData() : new URLSearchParams()
  for (const [name, value] of Object.entries(fields)) body.append(name, value as string)
  return { method: 'POST', headers: { origin: 'http://localhost', 'sec-fetch-site': 'same-origin' }, body }
}

/** What a program sends. */
export function json(value: unknown): RequestInit {
  return { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) }
}

/** Where a response leads. */
export function leadsTo(response: Response): string | undefined {
  return response.status === 303 ? (response.headers.get('location') ?? undefined) : undefined
}

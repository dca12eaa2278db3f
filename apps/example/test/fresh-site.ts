import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { openSite, type OpenSite } from '../src/web/open-site.ts'

/** The whole site on a SQLite database of its own, with worker and mail server; gone when the test is over. */
export async function freshSite(): Promise<OpenSite> {
  const folder = await mkdtemp(join(tmpdir(), 'example-site-'))
  const site = await openSite({ database: { kind: 'sqlite', file: join(folder, 'app.sqlite') }, folder, port: 0 })
  onTestFinished(async () => {
    await site.close()
    await rm(folder, { recursive: true })
  })
  return site
}

import { mkdtempSync, rmSync } from 'node:fs'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runServer } from 'verdaccio'

/** A verdaccio on a free port of the loopback address: anybody may publish, and it asks no other registry. */
export async function startRegistry(): Promise<{
  url: string
  versions(name: string): Promise<string[]>
  stop(): void
}> {
  const directory = mkdtempSync(join(tmpdir(), 'registry-'))
  const server = (await runServer({
    configPath: directory,
    self_path: directory,
    storage: join(directory, 'storage'),
    auth: {},
    uplinks: {},
    web: { enable: false },
    packages: { '**': { access: '$all', publish: '$all' } },
    log: { type: 'stdout', format: 'pretty', level: 'error' },
  })) as Server
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`

  return {
    url,
    async versions(name) {
      const response = await fetch(`${url}${encodeURIComponent(name)}`)
      if (response.status === 404) return []
      const packument = (await response.json()) as { versions: Record<string, unknown> }
      return Object.keys(packument.versions)
    },
    stop() {
      server.close()
      server.closeAllConnections()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'

interface Packument {
  readonly name: string
  readonly versions: Record<string, { dist: { tarball: string } }>
  readonly 'dist-tags': Record<string, string>
}

interface Publication extends Packument {
  readonly _attachments: Record<string, { data: string }>
}

/** As much of an npm registry as publishing and installing need, in memory, on a free port of the loopback address. */
export async function startRegistry(): Promise<{ url: string; published(): string[]; stop(): Promise<void> }> {
  const packages = new Map<string, Packument>()
  const tarballs = new Map<string, Buffer>()
  const server = createServer((request, response) => {
    const path = decodeURIComponent(request.url ?? '/')
    void (request.method === 'PUT' ? publish(request, response) : look(path, response))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }

  async function publish(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { _attachments: attachments, ...packument } = JSON.parse(await bodyOf(request)) as Publication
    const known = packages.get(packument.name)
    const repeated = Object.keys(packument.versions).some((version) => known?.versions[version])
    if (repeated) return answer(response, 409, { error: 'This version is published already.' })

    for (const [file, { data }] of Object.entries(attachments)) {
      tarballs.set(`/${packument.name}/-/${file}`, Buffer.from(data, 'base64'))
    }
    packages.set(packument.name, {
      name: packument.name,
      versions: { ...known?.versions, ...packument.versions },
      'dist-tags': { ...known?.['dist-tags'], ...packument['dist-tags'] },
    })
    return answer(response, 201, { ok: true })
  }

  async function look(path: string, response: ServerResponse): Promise<void> {
    const tarball = tarballs.get(path)
    if (tarball) return void response.writeHead(200).end(tarball)
    const packument = packages.get(path.slice(1))
    return packument ? answer(response, 200, packument) : answer(response, 404, { error: 'Not found.' })
  }

  return {
    url: `http://127.0.0.1:${port}/`,
    published: () =>
      [...packages.values()].flatMap(({ name, versions }) =>
        Object.keys(versions).map((version) => `${name}@${version}`),
      ),
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}

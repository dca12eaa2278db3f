import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { basename, join } from 'node:path'
import sharp from 'sharp'

/** What happens before a photo is served; a number is answered as an HTTP status in its place. */
type Before = (visit: number) => number | undefined | Promise<number | undefined>

/** Serves the photos of a folder over HTTP on loopback. */
export class PhotoServer {
  readonly #folder: string
  readonly #server: Server
  readonly #before = new Map<string, Before>()
  readonly #visits = new Map<string, number>()

  private constructor(folder: string) {
    this.#folder = folder
    this.#server = createServer((request, response) => {
      void this.#serve(basename(request.url ?? ''), response)
    })
  }

  static async start(folder: string): Promise<PhotoServer> {
    const photos = new PhotoServer(folder)
    photos.#server.listen(0, '127.0.0.1')
    await once(photos.#server, 'listening')
    return photos
  }

  /** Draws a photo and returns its address. */
  async take(name: string, before?: Before): Promise<string> {
    await drawPhoto(join(this.#folder, name))
    if (before !== undefined) this.#before.set(name, before)
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/${name}`
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    this.#server.close()
    await once(this.#server, 'close')
  }

  async #serve(name: string, response: ServerResponse): Promise<void> {
    const visit = (this.#visits.get(name) ?? 0) + 1
    this.#visits.set(name, visit)
    const status = await this.#before.get(name)?.(visit)
    if (status !== undefined) return void response.writeHead(status).end()
    const photo = await readFile(join(this.#folder, name)).catch(() => undefined)
    if (photo === undefined) return void response.writeHead(404).end()
    response.writeHead(200, { 'content-type': 'image/jpeg' }).end(photo)
  }
}

/** Grain over a plain ground: as large as a photo of that size, and different every time. */
export async function drawPhoto(file: string): Promise<void> {
  const noise = { type: 'gaussian', mean: 128, sigma: 40 } as const
  await sharp({ create: { width: 1200, height: 900, channels: 3, background: '#336699', noise } })
    .jpeg({ quality: 95 })
    .toFile(file)
}

import { Hono } from 'hono'
import { readFile } from 'node:fs/promises'

const assets = [
  { path: '/style.css', file: new URL('../style.css', import.meta.url), type: 'text/css; charset=utf-8' },
  { path: '/live.js', file: new URL('../live.js', import.meta.url), type: 'text/javascript; charset=utf-8' },
  { path: '/icon.svg', file: new URL('../icon.svg', import.meta.url), type: 'image/svg+xml' },
] as const

/** Read for every request: whoever changes the style sees it at once. */
export function assetRoutes(): Hono {
  const routes = new Hono()
  for (const { path, file, type } of assets) {
    routes.get(path, async (c) =>
      c.body(await readFile(file, 'utf8'), 200, { 'content-type': type, 'cache-control': 'no-cache' }),
    )
  }
  return routes
}

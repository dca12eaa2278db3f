import { Hono } from 'hono'
import { readFile } from 'node:fs/promises'

/** One style sheet to the browser. Later files build on earlier ones. */
const styles = ['theme', 'frame', 'pieces', 'forms', 'jobs', 'job', 'timeline', 'mail', 'images'].map(
  (name) => new URL(`../style/${name}.css`, import.meta.url),
)

const assets = [
  { path: '/style.css', files: styles, type: 'text/css; charset=utf-8' },
  { path: '/live.js', files: [new URL('../live.js', import.meta.url)], type: 'text/javascript; charset=utf-8' },
  { path: '/icon.svg', files: [new URL('../icon.svg', import.meta.url)], type: 'image/svg+xml' },
] as const

/** Read for every request: whoever changes the style sees it at once. */
export function assetRoutes(): Hono {
  const routes = new Hono()
  for (const { path, files, type } of assets) {
    routes.get(path, async (c) => {
      const texts = await Promise.all(files.map((file) => readFile(file, 'utf8')))
      return c.body(texts.join('\n'), 200, { 'content-type': type, 'cache-control': 'no-cache' })
    })
  }
  return routes
}

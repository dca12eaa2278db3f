import { Hono } from 'hono'
import { readFile } from 'node:fs/promises'

/** One style sheet to the browser. Later files build on earlier ones. */
const styles = ['theme', 'frame', 'pieces', 'forms', 'jobs', 'job', 'timeline', 'mail', 'images']

const assets = [
  { path: '/style.css', files: styles.map((name) => `style/${name}.css`), type: 'text/css; charset=utf-8' },
  { path: '/live.js', files: ['live.js'], type: 'text/javascript; charset=utf-8' },
  { path: '/icon.svg', files: ['icon.svg'], type: 'image/svg+xml' },
] as const

/** Read for every request: whoever changes the style sees it at once. */
export function assetRoutes(): Hono {
  const routes = new Hono()
  for (const { path, files, type } of assets) {
    routes.get(path, async (c) => {
      const texts = await Promise.all(files.map((file) => readFile(new URL(`../${file}`, import.meta.url), 'utf8')))
      return c.body(texts.join('\n'), 200, { 'content-type': type, 'cache-control': 'no-cache' })
    })
  }
  return routes
}

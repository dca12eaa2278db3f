import { html } from 'hono/html'

export type Html = ReturnType<typeof html>

const sections = [
  { name: 'Sign up', path: '/' },
  { name: 'Mail', path: '/mail' },
  { name: 'Images', path: '/images' },
  { name: 'Jobs', path: '/jobs' },
] as const

export interface Page {
  readonly title: string
  /** Which section of the navigation it belongs to. */
  readonly section?: (typeof sections)[number]['path']
  readonly body: Html
  /** Something on it changes by itself. Default: nothing does. */
  readonly live?: boolean
}

/** What all pages have in common. Without JavaScript, a live page loads itself again. */
export function page({ title, section, body, live = false }: Page): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title} · GoPlate Queue example</title>
        <link rel="icon" href="/icon.svg" />
        <link rel="stylesheet" href="/style.css" />
        <script src="/live.js" type="module"></script>
        ${live && html`<noscript><meta http-equiv="refresh" content="3" /></noscript>`}
      </head>
      <body>
        <header class="top">
          <a class="brand" href="/"><span class="mark" aria-hidden="true"></span>GoPlate Queue</a>
          <nav>
            ${sections.map(
              ({ name, path }) => html`<a href="${path}" ${path === section && html`aria-current="page"`}>${name}</a>`,
            )}
          </nav>
        </header>
        <main>${body}</main>
        <footer>A small application with email and image jobs. Its jobs are rows in its own database.</footer>
      </body>
    </html>`
}

/** A button that changes something: a form of its own, so that it works without JavaScript. */
export function actionButton(action: string, label: string | Html, kind = ''): Html {
  return html`<form method="post" action="${action}"><button class="${kind}">${label}</button></form>`
}

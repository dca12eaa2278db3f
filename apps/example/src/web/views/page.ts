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
        <a class="skip" href="#main">To the content</a>
        <header class="top">
          <a class="brand" href="/"
            ><span class="mark" aria-hidden="true"></span>GoPlate Queue <small>example</small></a
          >
          <nav aria-label="Sections">
            ${sections.map(
              ({ name, path }) => html`<a href="${path}" ${path === section && html`aria-current="page"`}>${name}</a>`,
            )}
          </nav>
        </header>
        <main id="main" tabindex="-1">${body}</main>
        <footer>A small application with email and image jobs. Its jobs are rows in its own database.</footer>
        <p id="away" role="status" hidden>The server does not answer. This is what it said last.</p>
      </body>
    </html>`
}

export interface ActionButton {
  readonly action: string
  readonly label: string
  /** Which of the same buttons of a page it is, for who does not see what stands beside it. */
  readonly of?: string
  readonly kind?: 'primary' | 'danger' | 'link' | 'small'
  /** The page to come back to. */
  readonly back?: string
}

/** A button that changes something: a form of its own, so that it works without JavaScript. */
export function actionButton({ action, label, of, kind, back }: ActionButton): Html {
  return html`<form method="post" action="${action}">
    ${back !== undefined && html`<input type="hidden" name="back" value="${back}" />`}
    <button ${kind !== undefined && html`class="${kind}"`} ${of !== undefined && html`aria-label="${label} ${of}"`}>
      ${label}
    </button>
  </form>`
}

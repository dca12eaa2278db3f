import { html } from 'hono/html'
import { page, type Html } from './page.ts'

export function problemPage(status: number, message: string): Html {
  return page({
    title: String(status),
    body: html`<section class="card problem">
      <h1>${status}</h1>
      <p>${message}</p>
      <p><a href="/">To the home page</a></p>
    </section>`,
  })
}

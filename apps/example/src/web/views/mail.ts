import { html } from 'hono/html'
import type { Letter } from '../world/mailbox.ts'
import { clockTime } from './format.ts'
import { actionButton, page, type Html } from './page.ts'

export function mailboxPage(letters: readonly Letter[], isUp: boolean): Html {
  return page({
    title: isUp ? 'Mail' : 'Mail, server down',
    section: '/mail',
    live: true,
    body: html`<section class="card" id="mailbox" data-live>
      <div class="headline">
        <h1>Mail</h1>
        <div class="server">
          <span class="badge ${isUp ? 'finished' : 'failed'}">mail server is ${isUp ? 'up' : 'down'}</span>
          ${isUp ? actionButton({ action: '/mail/down', label: 'Stop it' }) : actionButton({ action: '/mail/up', label: 'Start it', kind: 'primary' })}
        </div>
      </div>
      ${
        letters.length === 0
          ? html`<p class="empty">Nothing has arrived yet. <a href="/">Sign up</a>, and you will be welcomed here.</p>`
          : html`<ul class="letters">
              ${letters.map(line)}
            </ul>`
      }
    </section>`,
  })
}

function line({ id, to, subject, receivedAt }: Letter): Html {
  return html`<li id="letter-${id}">
    <a href="/mail/${id}">
      <strong>${subject}</strong>
      <span>${to}</span>
      <time datetime="${receivedAt.toISOString()}">${clockTime(receivedAt)}</time>
    </a>
  </li>`
}

export function letterPage({ from, to, subject, text, receivedAt }: Letter): Html {
  return page({
    title: subject,
    section: '/mail',
    body: html`<p class="back"><a href="/mail">All mail</a></p>
      <article class="card letter">
        <h1>${subject}</h1>
        <dl class="facts">
          <dt>From</dt>
          <dd>${from}</dd>
          <dt>To</dt>
          <dd>${to}</dd>
          <dt>Received</dt>
          <dd>${clockTime(receivedAt)}</dd>
        </dl>
        <pre class="text">${text}</pre>
      </article>`,
  })
}

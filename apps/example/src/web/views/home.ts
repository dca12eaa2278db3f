import type { JobRecord } from '@goplate/queue-core'
import { html } from 'hono/html'
import { jobTable } from './job-table.ts'
import { actionButton, page, type Html } from './page.ts'

export interface Overview {
  /** Absent when the database does not answer. */
  readonly jobs?: readonly JobRecord[]
  readonly mailIsUp: boolean
}

export interface HomePage extends Overview {
  /** The job that welcomes who has just signed up. */
  readonly welcome?: string | undefined
  /** Why nobody was signed up, and what had been entered. */
  readonly refusal?: {
    readonly error: string
    readonly issues?: readonly { readonly path: string; readonly message: string }[]
  }
  readonly entered?: { readonly name: string; readonly email: string } | undefined
}

export function homePage(home: HomePage): Html {
  const { refusal } = home
  return page({
    title: refusal === undefined ? 'Sign up' : `${refusal.error}: sign up`,
    section: '/',
    live: refusal === undefined && home.welcome === undefined,
    body: html`
      <p class="lead">
        Whatever you do here dispatches jobs. They are stored in the application's own database, and a worker in this
        process runs them.
      </p>
      <div class="columns">${signUpCard(home)} ${trialsCard(home)}</div>
      <section class="card" id="latest" ${refusal === undefined && html`data-live`}>
        <div class="headline">
          <h2>Latest jobs</h2>
          <a href="/jobs">All jobs</a>
        </div>
        ${home.jobs === undefined ? html`<p class="empty">The database does not answer.</p>` : jobTable(home.jobs)}
      </section>
    `,
  })
}

function signUpCard({ welcome, refusal, entered }: HomePage): Html {
  return html`<section class="card">
    <h1>Sign up</h1>
    <p>Your account and a welcome e-mail are stored in one transaction: both, or neither.</p>
    ${
      welcome !== undefined &&
      html`<p class="note good" role="status">
        Welcome email queued successfully. <a href="/jobs/${welcome}">Watch its job</a> or <a href="/mail">read it</a>.
      </p>`
    }
    ${refusal !== undefined && html`<p class="note bad" role="alert">${refusal.error}</p>`}
    <form method="post" action="/sign-up" class="fields" novalidate>
      ${field({ name: 'name', label: 'Name', type: 'text', autocomplete: 'name' }, entered?.name, refusal)}
      ${field({ name: 'email', label: 'E-mail', type: 'email', autocomplete: 'email' }, entered?.email, refusal)}
      <button class="primary">Sign up</button>
    </form>
    <p class="quiet">Any address will do: mail stays on this machine. <a href="/mail">Read it</a></p>
  </section>`
}

interface Field {
  readonly name: string
  readonly label: string
  readonly type: string
  readonly autocomplete: string
}

function field({ name, label, type, autocomplete }: Field, value = '', refusal: HomePage['refusal'] = undefined): Html {
  const issue = refusal?.issues?.find(({ path }) => path === name)?.message
  const first = issue !== undefined && refusal?.issues?.[0]?.path === name
  return html`<label>
    <span>${label}</span>
    <input
      name="${name}"
      type="${type}"
      autocomplete="${autocomplete}"
      value="${value}"
      required
      ${issue !== undefined && html`aria-invalid="true" aria-describedby="${name}-issue"`}
      ${first && html`autofocus`}
    />
    ${issue !== undefined && html`<small class="issue" id="${name}-issue">${issue}</small>`}
  </label>`
}

const trials = [
  { path: 'refused-address', name: 'A refused address', story: 'The mail server answers 550: failed for good.' },
  { path: 'delayed-email', name: 'A delayed e-mail', story: 'Dispatched now, due in 20 seconds.' },
  { path: 'broken-photo', name: 'A broken photo', story: 'The handler throws; five attempts, 5 s apart.' },
  { path: 'unknown-process-type', name: 'An unknown process', story: 'A permanent error: one attempt.' },
  { path: 'slow-photo', name: 'A slow photo', story: 'Runs for 20 seconds. Cancel it, or stop this process.' },
] as const

function trialsCard({ mailIsUp }: HomePage): Html {
  return html`<section class="card">
    <h2>Make something happen</h2>
    <ul class="trials">
      <li>
        ${
          mailIsUp
            ? actionButton({ action: '/mail/down?back=home', label: 'Stop the mail server' })
            : actionButton({ action: '/mail/up?back=home', label: 'Start the mail server', kind: 'primary' })
        }
        <span>${mailIsUp ? 'Then sign up, and watch the retries.' : 'It is down: e-mails are tried again.'}</span>
      </li>
      ${trials.map(
        ({ path, name, story }) =>
          html`<li>${actionButton({ action: `/try/${path}`, label: name })}<span>${story}</span></li>`,
      )}
    </ul>
  </section>`
}

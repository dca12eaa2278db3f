import { isEnded, type JobRecord, type LogRecord } from '@goplate/queue-core'
import { html } from 'hono/html'
import { timelineOf } from '../timeline/spans.ts'
import { clockTime } from './format.ts'
import { badge } from './job-table.ts'
import { noticeView, type Notice } from './notice.ts'
import { actionButton, page, type Html } from './page.ts'
import { timelineView } from './timeline.ts'

export interface JobPage {
  /** With its history. */
  readonly job: JobRecord
  readonly lines: readonly LogRecord[]
  readonly notice: Notice | undefined
}

export function jobPage({ job, lines, notice }: JobPage): Html {
  const ended = isEnded(job.state)
  return page({
    title: `${job.type} #${job.id}, ${job.label}`,
    section: '/jobs',
    live: !ended,
    body: html`<p class="back"><a href="/jobs">All jobs</a></p>
      ${noticeView(notice)}
      <div id="job" ${!ended && html`data-live`}>
        ${summary(job)}
        <section class="card">
          <h2>Timeline</h2>
          ${timelineView(timelineOf(job, new Date()), lines)}
        </section>
        ${details(job)}
      </div>`,
  })
}

function summary(job: JobRecord): Html {
  return html`<section class="card">
    <div class="headline">
      <h1>${job.type} <small>#${job.id}</small></h1>
      ${badge(job)}
    </div>
    ${progress(job)}
    <dl class="facts wide">
      ${facts(job).map(
        ([name, value]) =>
          html`<div>
            <dt>${name}</dt>
            <dd>${value}</dd>
          </div>`,
      )}
    </dl>
    <div class="actions">${actions(job)}</div>
  </section>`
}

/** Of the attempt that runs: what an attempt before had reached says nothing any more. */
function progress({ state, progress: percent }: JobRecord): Html | false {
  if (state !== 'running' || percent === undefined) return false
  return html`<div class="progress">
    <progress max="100" value="${percent}" aria-label="Progress"></progress>
    <span>${percent} %</span>
  </div>`
}

function facts(job: JobRecord): [name: string, value: string][] {
  const all: [string, string | undefined][] = [
    ['Queue', job.queue],
    ['Attempt', `${job.attempt} of ${job.maxAttempts}`],
    ['Dispatched', clockTime(job.createdAt)],
    ['Due', job.availableAt && clockTime(job.availableAt)],
    ['Ended', job.endedAt && clockTime(job.endedAt)],
    ['Reason', job.reason],
    ['Crashes', job.crashes > 0 ? `${job.crashes} of ${job.maxCrashes}` : undefined],
  ]
  return all.filter((fact): fact is [string, string] => fact[1] !== undefined)
}

function actions({ id, state }: JobRecord): Html {
  const path = `/jobs/${id}`
  if (!isEnded(state)) return actionButton({ action: `${path}/cancel`, label: 'Cancel' })
  const again = state === 'finished' ? 'Run again' : 'Retry'
  return html`${actionButton({ action: `${path}/retry`, label: again, kind: 'primary' })}
  ${actionButton({ action: `${path}/delete`, label: 'Delete', kind: 'danger' })}`
}

function details({ payload, result, state, error }: JobRecord): Html {
  return html`<div class="columns">
      <section class="card">
        <h2>Payload</h2>
        <pre>${json(payload)}</pre>
      </section>
      ${
        result !== undefined &&
        html`<section class="card">
          <h2>Result</h2>
          <pre>${json(result)}</pre>
        </section>`
      }
    </div>
    ${
      error !== undefined &&
      html`<section class="card">
        <h2>${state === 'finished' ? 'Last error' : 'Error'}</h2>
        <p class="message">${error.name}: ${error.message}</p>
        ${error.stack !== undefined && html`<pre class="stack" tabindex="0" aria-label="Stack">${error.stack}</pre>`}
      </section>`
    }`
}

function json(value: unknown): string {
  return JSON.stringify(value, null, 2) ?? ''
}

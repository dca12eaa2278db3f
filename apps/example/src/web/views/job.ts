import { isEnded, type JobRecord } from '@goplate/queue-core'
import { html } from 'hono/html'
import { timelineOf } from '../timeline/spans.ts'
import { clockTime } from './format.ts'
import { badge } from './job-table.ts'
import { actionButton, page, type Html } from './page.ts'
import { timelineView } from './timeline.ts'

const notices = {
  cancelled: 'The job was cancelled.',
  requested: 'The running job was asked to stop.',
  ended: 'The job had ended already.',
  retried: 'The job is due again, with new attempts.',
  refused: 'A job can be run again once it has ended.',
  conflict: 'Another job holds its unique key.',
  missing: 'There is no such job.',
} as const
export type Notice = keyof typeof notices

export function jobPage(job: JobRecord, notice: string | undefined): Html {
  const ended = isEnded(job.state)
  return page({
    title: `${job.type} #${job.id}`,
    section: '/jobs',
    live: !ended,
    body: html`<p class="back"><a href="/jobs">All jobs</a></p>
      ${
        notice !== undefined &&
        Object.hasOwn(notices, notice) &&
        html`<p class="note" role="status">${notices[notice as Notice]}</p>`
      }
      <div id="job" ${!ended && html`data-live`}>
        ${summary(job)}
        <section class="card">
          <h2>Timeline</h2>
          ${timelineView(timelineOf(job, new Date()))}
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
    ${job.progress !== undefined && html`<progress max="100" value="${job.progress}">${job.progress} %</progress>`}
    <dl class="facts">
      <dt>Queue</dt>
      <dd>${job.queue}</dd>
      <dt>Attempt</dt>
      <dd>${job.attempt} of ${job.maxAttempts}</dd>
      <dt>Dispatched</dt>
      <dd>${clockTime(job.createdAt)}</dd>
      ${
        job.availableAt &&
        html`<dt>Due</dt>
          <dd>${clockTime(job.availableAt)}</dd>`
      }
      ${
        job.endedAt &&
        html`<dt>Ended</dt>
          <dd>${clockTime(job.endedAt)}</dd>`
      }
      ${
        job.reason &&
        html`<dt>Reason</dt>
          <dd>${job.reason}</dd>`
      }
      ${
        job.crashes > 0 &&
        html`<dt>Crashes</dt>
          <dd>${job.crashes} of ${job.maxCrashes}</dd>`
      }
    </dl>
    <div class="actions">${actions(job)}</div>
  </section>`
}

function actions({ id, state }: JobRecord): Html {
  if (!isEnded(state)) return actionButton(`/jobs/${id}/cancel`, 'Cancel')
  const again = state === 'finished' ? 'Run again' : 'Retry'
  return html`${actionButton(`/jobs/${id}/retry`, again, 'primary')}
  ${actionButton(`/jobs/${id}/delete`, 'Delete', 'danger')}`
}

function details(job: JobRecord): Html {
  return html`<div class="columns">
    <section class="card">
      <h2>Payload</h2>
      <pre>${json(job.payload)}</pre>
    </section>
    ${
      job.result !== undefined &&
      html`<section class="card">
        <h2>Result</h2>
        <pre>${json(job.result)}</pre>
      </section>`
    }
    ${
      job.error !== undefined &&
      html`<section class="card">
        <h2>${job.state === 'finished' ? 'Last error' : 'Error'}</h2>
        <p class="message">${job.error.name}: ${job.error.message}</p>
        ${job.error.stack !== undefined && html`<pre>${job.error.stack}</pre>`}
      </section>`
    }
  </div>`
}

function json(value: unknown): string {
  return JSON.stringify(value, null, 2) ?? ''
}

import type { JobRecord } from '@goplate/queue-core'
import { html } from 'hono/html'
import { clockTime, duration } from './format.ts'
import type { Html } from './page.ts'

export function badge(job: Pick<JobRecord, 'state' | 'label' | 'cancelRequested'>): Html {
  const text = job.cancelRequested && job.state === 'running' ? 'cancelling' : job.label
  return html`<span class="badge ${job.label}">${text}</span>`
}

/** Jobs with their history, newest first. On a phone every row becomes a card. */
export function jobTable(jobs: readonly JobRecord[]): Html {
  if (jobs.length === 0) return html`<p class="empty">No jobs here.</p>`
  return html`<table class="jobs">
    <thead>
      <tr>
        <th>Job</th>
        <th>State</th>
        <th>Queue</th>
        <th>Attempt</th>
        <th>Dispatched</th>
        <th>Waited</th>
        <th>Took</th>
        <th>Error</th>
      </tr>
    </thead>
    <tbody>
      ${jobs.map(row)}
    </tbody>
  </table>`
}

function row(job: JobRecord): Html {
  const last = job.history?.at(-1)
  return html`<tr>
    <td class="what"><a href="/jobs/${job.id}">${job.type}</a> <small>#${job.id}</small></td>
    <td data-label="State">${badge(job)}</td>
    <td data-label="Queue">${job.queue}</td>
    <td data-label="Attempt" class="number">${job.attempt} of ${job.maxAttempts}</td>
    <td data-label="Dispatched" class="number">${clockTime(job.createdAt)}</td>
    <td data-label="Waited" class="number">${last?.waitMs === undefined ? '–' : duration(last.waitMs)}</td>
    <td data-label="Took" class="number">${last?.durationMs === undefined ? '–' : duration(last.durationMs)}</td>
    <td data-label="Error" class="error ${job.state}">${errorOf(job)}</td>
  </tr>`
}

function errorOf({ state, error, reason }: JobRecord): string {
  if (state === 'finished') return ''
  return error?.message ?? reason ?? ''
}

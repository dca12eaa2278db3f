import { isEnded, type JobRecord } from '@goplate/queue-core'
import { html } from 'hono/html'
import { clockTime, duration } from './format.ts'
import { actionButton, type Html } from './page.ts'

export function badge(job: Pick<JobRecord, 'state' | 'label' | 'cancelRequested'>): Html {
  const text = job.cancelRequested && job.state === 'running' ? 'cancelling' : job.label
  return html`<span class="badge ${job.label}">${text}</span>`
}

/**
 * Jobs with their history, newest first. On a phone every row becomes a card. With `back`, the page they are shown on,
 * each can be cancelled or run again from here.
 */
export function jobTable(jobs: readonly JobRecord[], { back }: { readonly back?: string } = {}): Html {
  if (jobs.length === 0) return html`<p class="empty">No jobs here.</p>`
  return html`<table class="jobs">
    <thead>
      <tr>
        <th scope="col">Job</th>
        <th scope="col">State</th>
        <th scope="col">Queue</th>
        <th scope="col">Attempt</th>
        <th scope="col">Dispatched</th>
        <th scope="col">Waited</th>
        <th scope="col">Took</th>
        <th scope="col">Error</th>
        ${back !== undefined && html`<th scope="col"><span class="unseen">Change</span></th>`}
      </tr>
    </thead>
    <tbody>
      ${jobs.map((job) => row(job, back))}
    </tbody>
  </table>`
}

function row(job: JobRecord, back: string | undefined): Html {
  const last = job.history?.at(-1)
  const error = errorOf(job)
  return html`<tr id="job-${job.id}">
    <td class="what"><a href="/jobs/${job.id}">${job.type}</a> <small>#${job.id}</small></td>
    <td class="state">${badge(job)}</td>
    <td data-label="Queue">${job.queue}</td>
    <td data-label="Attempt" class="number">${job.attempt} of ${job.maxAttempts}</td>
    <td data-label="Dispatched" class="number">${clockTime(job.createdAt)}</td>
    <td data-label="Waited" class="number">${last?.waitMs === undefined ? '–' : duration(last.waitMs)}</td>
    <td data-label="Took" class="number">${last?.durationMs === undefined ? '–' : duration(last.durationMs)}</td>
    <td class="error ${job.state}" title="${error}">${error}</td>
    ${back !== undefined && html`<td class="change">${change(job, back)}</td>`}
  </tr>`
}

function change({ id, state }: JobRecord, back: string): Html | string {
  const which = { of: `job ${id}`, kind: 'small', back } as const
  if (!isEnded(state)) return actionButton({ action: `/jobs/${id}/cancel`, label: 'Cancel', ...which })
  return state === 'finished' ? '' : actionButton({ action: `/jobs/${id}/retry`, label: 'Retry', ...which })
}

function errorOf({ state, error, reason }: JobRecord): string {
  if (state === 'finished') return ''
  return error?.message ?? reason ?? ''
}

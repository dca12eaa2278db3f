import type { JobRecord } from '@goplate/queue-core'
import { html } from 'hono/html'
import { addressOf, jobFilters, type JobFilters } from './job-filters.ts'
import { jobTable } from './job-table.ts'
import { noticeView, type Notice } from './notice.ts'
import { page, type Html } from './page.ts'
import { queuesCard, type QueueState } from './queues.ts'

export interface JobsPage extends Omit<JobFilters, 'queues'> {
  readonly jobs: readonly JobRecord[]
  /** Where the next page begins. */
  readonly next?: string
  readonly queues: readonly QueueState[]
  readonly notice: Notice | undefined
}

export function jobsPage({ jobs, next, queues, notice, ...filters }: JobsPage): Html {
  const { shown } = filters
  return page({
    title: ['Jobs', shown.state, shown.type, shown.queue].filter((part) => part !== undefined).join(', '),
    section: '/jobs',
    live: true,
    body: html`${noticeView(notice)} ${queuesCard(queues)}
      <section class="card" id="jobs" data-live>
        <h1>Jobs</h1>
        ${jobFilters({ ...filters, queues: queues.map(({ name }) => name) })}
        ${jobTable(jobs, { back: addressOf(shown) })} ${pages(shown, next)}
      </section>`,
  })
}

function pages(shown: JobFilters['shown'], next: string | undefined): Html | false {
  if (shown.after === undefined && next === undefined) return false
  return html`<nav class="pages" aria-label="Pages">
    ${shown.after !== undefined && html`<a href="${addressOf({ ...shown, after: undefined })}">Newest</a>`}
    ${next !== undefined && html`<a href="${addressOf({ ...shown, after: next })}" rel="next">Older</a>`}
  </nav>`
}

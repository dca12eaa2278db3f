import { jobStates, type JobRecord, type JobState } from '@goplate/queue-core'
import { html } from 'hono/html'
import { jobTable } from './job-table.ts'
import { page, type Html } from './page.ts'

export interface JobsPage {
  readonly jobs: readonly JobRecord[]
  /** Where the next page begins. */
  readonly next?: string
  readonly counts: ReadonlyMap<JobState, number>
  readonly types: readonly string[]
  /** What is shown; undefined shows all. */
  readonly state: JobState | undefined
  readonly type: string | undefined
  readonly after: string | undefined
}

/** States that nothing in this application leads to are shown only when they are not empty. */
const rare: readonly JobState[] = ['blocked']

export function jobsPage({ jobs, next, counts, types, state, type, after }: JobsPage): Html {
  const states = jobStates.filter((each) => !rare.includes(each) || counts.has(each))
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0)
  return page({
    title: 'Jobs',
    section: '/jobs',
    live: true,
    body: html`<section class="card" id="jobs" data-live>
      <h1>Jobs</h1>
      <nav class="filters" aria-label="State">
        ${filter({ label: 'all', count: total, href: address({ type }), chosen: state === undefined })}
        ${states.map((each) =>
          filter({
            label: each,
            count: counts.get(each) ?? 0,
            href: address({ state: each, type }),
            chosen: each === state,
          }),
        )}
      </nav>
      <nav class="filters" aria-label="Type">
        ${filter({ label: 'all types', href: address({ state }), chosen: type === undefined })}
        ${types.map((each) => filter({ label: each, href: address({ state, type: each }), chosen: each === type }))}
      </nav>
      ${jobTable(jobs)}
      <p class="pages">
        ${after !== undefined && html`<a href="${address({ state, type })}">Newest</a>`}
        ${next !== undefined && html`<a href="${address({ state, type, after: next })}">Older</a>`}
      </p>
    </section>`,
  })
}

interface Filter {
  readonly label: string
  readonly count?: number
  readonly href: string
  readonly chosen: boolean
}

function filter({ label, count, href, chosen }: Filter): Html {
  return html`<a href="${href}" ${chosen && html`aria-current="true"`}
    >${label}${count !== undefined && html` <small>${count}</small>`}</a
  >`
}

function address(query: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined)
  return given.length === 0 ? '/jobs' : `/jobs?${new URLSearchParams(given).toString()}`
}

import { jobStates, type JobState } from '@goplate/queue-core'
import { html } from 'hono/html'
import type { Html } from './page.ts'

/** Which jobs are shown; what is undefined shows all. */
export interface Shown {
  readonly state: JobState | undefined
  readonly type: string | undefined
  readonly queue: string | undefined
  /** Where the page begins; undefined: at the newest job. */
  readonly after: string | undefined
}

export interface JobFilters {
  readonly shown: Shown
  readonly counts: ReadonlyMap<JobState, number>
  readonly types: readonly string[]
  readonly queues: readonly string[]
}

/** States that nothing in this application leads to are shown only when they are not empty. */
const rare: readonly JobState[] = ['blocked']

export function jobFilters({ shown, counts, types, queues }: JobFilters): Html {
  const from = { ...shown, after: undefined }
  const states = jobStates.filter((state) => !rare.includes(state) || counts.has(state))
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0)
  const link = (label: string, to: Partial<Shown>, count?: number) => {
    const address = addressOf({ ...from, ...to })
    return pill({ label, count, address, isChosen: address === addressOf(from) })
  }
  return html`<nav class="filters" aria-label="State">
      ${link('all states', { state: undefined }, total)}
      ${states.map((state) => link(state, { state }, counts.get(state) ?? 0))}
    </nav>
    <nav class="filters" aria-label="Type">
      ${link('all types', { type: undefined })} ${types.map((type) => link(type, { type }))}
    </nav>
    <nav class="filters" aria-label="Queue">
      ${link('all queues', { queue: undefined })} ${queues.map((queue) => link(queue, { queue }))}
    </nav>`
}

interface Pill {
  readonly label: string
  readonly count: number | undefined
  readonly address: string
  readonly isChosen: boolean
}

function pill({ label, count, address, isChosen }: Pill): Html {
  return html`<a href="${address}" ${isChosen && html`aria-current="true"`}
    >${label}${count !== undefined && html` <small>${count}</small>`}</a
  >`
}

/** The page that shows these jobs. */
export function addressOf({ state, type, queue, after }: Shown): string {
  const given = Object.entries({ state, type, queue, after }).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  )
  return given.length === 0 ? '/jobs' : `/jobs?${new URLSearchParams(given).toString()}`
}

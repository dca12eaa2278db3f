import { html } from 'hono/html'
import { clockTime } from './format.ts'
import { actionButton, type Html } from './page.ts'

export interface QueueState {
  readonly name: string
  readonly pending: number
  readonly running: number
  /** Absent while it is not paused. */
  readonly pausedSince?: Date
}

/** One line for each queue, with its switch. */
export function queuesCard(queues: readonly QueueState[]): Html {
  return html`<section class="card" id="queues" data-live>
    <h2>Queues</h2>
    <ul class="queues">
      ${queues.map(line)}
    </ul>
  </section>`
}

function line({ name, pending, running, pausedSince }: QueueState): Html {
  const path = `/queues/${name}`
  return html`<li>
    <strong>${name}</strong>
    <span class="quiet">${pending} pending, ${running} running</span>
    ${pausedSince !== undefined && html`<span class="badge paused">paused since ${clockTime(pausedSince)}</span>`}
    ${
      pausedSince === undefined
        ? actionButton({ action: `${path}/pause`, label: 'Pause', of: name, kind: 'small' })
        : actionButton({ action: `${path}/resume`, label: 'Resume', of: name, kind: 'small' })
    }
  </li>`
}

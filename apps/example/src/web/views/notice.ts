import { html } from 'hono/html'
import type { Html } from './page.ts'

const notices = {
  cancelled: 'The job was cancelled.',
  requested: 'The running job was asked to stop.',
  ended: 'The job had ended already.',
  retried: 'The job is due again, with new attempts.',
  refused: 'A job can be run again once it has ended.',
  conflict: 'Another job holds its unique key.',
  deleted: 'The job was deleted.',
  paused: 'The queue is paused: running jobs go on, no other one starts.',
  resumed: 'The queue goes on.',
} as const
/** What came of a button, told on the page that it leads to. */
export type Notice = keyof typeof notices

export function isNotice(text: string | undefined): text is Notice {
  return text !== undefined && Object.hasOwn(notices, text)
}

export function noticeView(notice: Notice | undefined): Html | false {
  return notice !== undefined && html`<p class="note" role="status">${notices[notice]}</p>`
}

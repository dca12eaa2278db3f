import type { FailureReason, JobState, OutcomeName } from '@goplate/queue-core'

/** What one job of the story must have come to. */
export interface ExpectedJob {
  readonly type: 'send_email' | 'process_image'
  readonly state: JobState
  /** Why it failed. */
  readonly reason?: FailureReason
  readonly attempts: number
  /** What each of its claims came to, oldest first. */
  readonly history: readonly OutcomeName[]
  /** The least number of milliseconds from dispatch to the first outcome, and from each outcome to the next. */
  readonly pausesMs?: readonly number[]
  /** Part of the last error; absent: there is none. */
  readonly error?: string
  /** How many messages the mail server received for this address. */
  readonly mail?: { readonly to: string; readonly times: number }
  /** The processed image, below the folder of images. */
  readonly image?: { readonly file: string; readonly width: number }
}

/** Something that was seen, in words or as a number. */
export type Fact = string | number | undefined

/** What must come out in the end: of each job of the story, by its name there, and of everything around. */
export interface Expected {
  readonly jobs: Readonly<Record<string, ExpectedJob>>
  readonly facts: Readonly<Record<string, Fact>>
}

const welcome = (to: string): ExpectedJob => ({
  type: 'send_email',
  state: 'finished',
  attempts: 2,
  history: ['retried', 'finished'],
  pausesMs: [0, 5_000],
  mail: { to, times: 1 },
})

const jobs: Expected['jobs'] = {
  'welcome Ada': welcome('ada@example.com'),
  'welcome Grace': welcome('grace@example.com'),
  'welcome Edsger': welcome('edsger@example.com'),
  'resize beach': {
    type: 'process_image',
    state: 'finished',
    attempts: 1,
    history: ['finished'],
    image: { file: '1/resize/beach.jpg', width: 320 },
  },
  'compress beach': {
    type: 'process_image',
    state: 'finished',
    attempts: 1,
    history: ['finished'],
    image: { file: '1/compress/beach.jpg', width: 1200 },
  },
  'photo not there yet': {
    type: 'process_image',
    state: 'finished',
    attempts: 2,
    history: ['retried', 'finished'],
    pausesMs: [0, 10_000],
    image: { file: '1/resize/flaky.jpg', width: 320 },
  },
  'unknown process type': {
    type: 'process_image',
    state: 'failed',
    reason: 'permanent',
    attempts: 1,
    history: ['failed'],
    error: 'unknown process type: rotate',
  },
  'unique key': {
    type: 'process_image',
    state: 'finished',
    attempts: 1,
    history: ['finished'],
    image: { file: '1/compress/portrait.jpg', width: 1200 },
  },
  'from the previous version': {
    type: 'send_email',
    state: 'failed',
    reason: 'invalid_payload',
    attempts: 1,
    history: ['failed'],
    error: 'not valid',
    mail: { to: 'old@example.com', times: 0 },
  },
  'refused address': {
    type: 'send_email',
    state: 'failed',
    reason: 'permanent',
    attempts: 1,
    history: ['failed'],
    error: '550 no such user here',
    mail: { to: 'gone@example.com', times: 0 },
  },
  'busy once': {
    type: 'send_email',
    state: 'finished',
    attempts: 2,
    history: ['retried', 'finished'],
    pausesMs: [0, 5_000],
    mail: { to: 'busy@example.com', times: 1 },
  },
  'mailbox full': {
    type: 'send_email',
    state: 'failed',
    reason: 'exhausted',
    attempts: 3,
    history: ['retried', 'retried', 'failed'],
    pausesMs: [0, 5_000, 10_000],
    error: '452 mailbox full',
    mail: { to: 'full@example.com', times: 0 },
  },
  delayed: {
    type: 'send_email',
    state: 'finished',
    attempts: 1,
    history: ['finished'],
    pausesMs: [4_000],
    mail: { to: 'later@example.com', times: 1 },
  },
  'image cut off': {
    type: 'process_image',
    state: 'finished',
    attempts: 1,
    history: ['crashed', 'finished'],
    image: { file: '2/resize/harbour.jpg', width: 320 },
  },
  // At least once: the server had the message, the worker died before it knew.
  'e-mail cut off': {
    type: 'send_email',
    state: 'finished',
    attempts: 1,
    history: ['crashed', 'finished'],
    mail: { to: 'twice@example.com', times: 2 },
  },
  // The sleeper said that it failed for good; only the successor's word counts.
  'e-mail of the sleeper': {
    type: 'send_email',
    state: 'finished',
    attempts: 1,
    history: ['crashed', 'finished'],
    mail: { to: 'fenced@example.com', times: 1 },
  },
}

const facts: Expected['facts'] = {
  users: 'Ada <ada@example.com>, Edsger <edsger@example.com>, Grace <grace@example.com>',
  'sign-up with a taken address': 'rolled back',
  'sign-up refused after the dispatch': 'rolled back',
  'second dispatch with a held unique key': 'answered with the job that holds it',
  'dispatch of an invalid payload': 'refused',
  'jobs stored by it': 0,
  'first worker, asked to leave': 'exit code 0',
  'second worker, killed': 'SIGKILL',
  'late outcome of the stopped worker': 'job:lost',
  'third worker, asked to leave': 'exit code 0',
  'fourth worker, asked to leave': 'exit code 0',
  'e-mail to anybody else': 'none',
  'image files of anybody else': 'none',
}

export const expected: Expected = { jobs, facts }

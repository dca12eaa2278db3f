import type { FailureReason, JobState, OutcomeName } from '@goplate/queue-core'

/** What one job of the story must have come to. */
export interface ExpectedJob {
  /** For whoever reads the demo's output. */
  readonly why: string
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
  why: 'the mail server was down; tried again after 5 s',
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
    why: 'made 320 pixels wide',
    type: 'process_image',
    state: 'finished',
    attempts: 1,
    history: ['finished'],
    image: { file: '1/resize/beach.jpg', width: 320 },
  },
  'compress beach': {
    why: 'the same size, fewer bytes',
    type: 'process_image',
    state: 'finished',
    attempts: 1,
    history: ['finished'],
    image: { file: '1/compress/beach.jpg', width: 1200 },
  },
  'photo not there yet': {
    why: 'the first download was answered 503; tried again after 10 s',
    type: 'process_image',
    state: 'finished',
    attempts: 2,
    history: ['retried', 'finished'],
    pausesMs: [0, 10_000],
    image: { file: '1/resize/flaky.jpg', width: 320 },
  },
  'unknown process type': {
    why: 'no later attempt can go better: a permanent error',
    type: 'process_image',
    state: 'failed',
    reason: 'permanent',
    attempts: 1,
    history: ['failed'],
    error: 'unknown process type: rotate',
  },
  'unique key': {
    why: 'dispatched twice, stored and run once',
    type: 'process_image',
    state: 'finished',
    attempts: 1,
    history: ['finished'],
    image: { file: '1/compress/portrait.jpg', width: 1200 },
  },
  'from the previous version': {
    why: 'the payload is not what this version takes; its handler never ran',
    type: 'send_email',
    state: 'failed',
    reason: 'invalid_payload',
    attempts: 1,
    history: ['failed'],
    error: 'not valid',
    mail: { to: 'old@example.com', times: 0 },
  },
  'refused address': {
    why: '550: the mail server will never take it',
    type: 'send_email',
    state: 'failed',
    reason: 'permanent',
    attempts: 1,
    history: ['failed'],
    error: '550 no such user here',
    mail: { to: 'gone@example.com', times: 0 },
  },
  'busy once': {
    why: '451: taken at the second attempt, 5 s later',
    type: 'send_email',
    state: 'finished',
    attempts: 2,
    history: ['retried', 'finished'],
    pausesMs: [0, 5_000],
    mail: { to: 'busy@example.com', times: 1 },
  },
  'mailbox full': {
    why: '452 three times, after 5 s and 10 s: no attempts are left',
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
    why: 'dispatched to be sent 4 s later',
    type: 'send_email',
    state: 'finished',
    attempts: 1,
    history: ['finished'],
    pausesMs: [4_000],
    mail: { to: 'later@example.com', times: 1 },
  },
  'image cut off': {
    why: 'its worker was killed in the middle; a crash uses up no attempt',
    type: 'process_image',
    state: 'finished',
    attempts: 1,
    history: ['crashed', 'finished'],
    image: { file: '2/resize/harbour.jpg', width: 320 },
  },
  'e-mail cut off': {
    why: 'its worker was killed before it knew; the e-mail arrived twice',
    type: 'send_email',
    state: 'finished',
    attempts: 1,
    history: ['crashed', 'finished'],
    mail: { to: 'twice@example.com', times: 2 },
  },
  'e-mail of the sleeper': {
    why: "the late word of the first worker, failed, did not count; the second one's did",
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
  'jobs stored by that dispatch': 0,
  'first worker, asked to leave': 'exit code 0',
  'second worker, killed': 'SIGKILL',
  'late outcome of the stopped worker': 'job:lost',
  'third worker, asked to leave': 'exit code 0',
  'fourth worker, asked to leave': 'exit code 0',
  'e-mail to anybody else': 'none',
  'image files of anybody else': 'none',
}

export const expected: Expected = { jobs, facts }

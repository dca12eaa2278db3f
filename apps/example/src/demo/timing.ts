import type { Timing } from '../app/settings.ts'

/** Six times faster than production. All of it is configuration that the application's jobs and workers take anyway. */
export const demoTiming = {
  emailRetry: '5s',
  emailRetryMax: '100s',
  imageRetry: '10s',
  lease: '5s',
} as const satisfies Timing

export const timingStory = [
  'An application with e-mail and image jobs has a bad day. In the end every job is compared with what it must be.',
  'Six times faster than in production, by configuration: e-mails are tried again after 5 s, then 10 s (30 s, 1 m),',
  'images after 10 s (1 m); a silent worker loses its jobs after 5 s (30 s).',
]

import type { Timing } from '../app/settings.ts'

/** Six times faster than production. All of it is configuration that the application's jobs and workers take anyway. */
export const demoTiming = {
  emailRetry: '5s',
  emailRetryMax: '100s',
  imageRetry: '10s',
  lease: '5s',
} as const satisfies Timing

export const timingStory = [
  'Six times faster than in production, by configuration: e-mail retries after 5 s, doubling up to 100 s (30 s, 10 m);',
  'image retries after 10 s (1 m); a silent worker loses its jobs after 5 s (30 s).',
]

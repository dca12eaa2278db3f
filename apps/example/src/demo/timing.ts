import type { Timing } from '../app/settings.ts'

/** Six times faster than production. All of it is configuration that the application's jobs and workers take anyway. */
export const demoTiming = {
  emailRetry: '5s',
  emailRetryMax: '100s',
  imageRetry: '10s',
  lease: '5s',
} as const satisfies Timing

export const timingStory =
  'Shortened six times for the demo: e-mail retries 30 s → 5 s (doubling, at most 10 m → 100 s), ' +
  'image retries 1 m → 10 s, lease of a silent worker 30 s → 5 s.'

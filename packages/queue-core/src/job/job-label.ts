import type { JobState } from './job-state.ts'
import type { StoredJob } from './stored-job.ts'

/** What people are told about a job: its state, and for a pending one what it waits for. */
export type JobLabel =
  Exclude<JobState, 'pending'> | 'scheduled' | 'retrying' | 'ready' | 'paused' | 'limited' | 'solo' | 'held'

/** What may keep a due job from starting, besides its time; as far as whoever asks knows it. */
export interface Obstacles {
  /** Its queue, type or key is paused. */
  readonly paused?: boolean
  /** It stands in the line of a limiter. */
  readonly limited?: boolean
  /** A failed job before it in the strict order of its key holds it. */
  readonly held?: boolean
}

/** `now`: epoch milliseconds. Decides nothing but a word: readiness is the database's to judge. */
export function jobLabel(
  job: Pick<StoredJob, 'state' | 'attempt' | 'availableAt' | 'solo'>,
  now: number,
  obstacles: Obstacles = {},
): JobLabel {
  if (job.state !== 'pending') return job.state
  if (job.availableAt !== undefined && job.availableAt > now) return job.attempt > 0 ? 'retrying' : 'scheduled'
  if (obstacles.paused) return 'paused'
  if (obstacles.held) return 'held'
  if (obstacles.limited) return 'limited'
  return job.solo ? 'solo' : 'ready'
}

/** Where a job stands. `finished`, `failed` and `cancelled` are ended. */
export const jobStates = ['pending', 'blocked', 'running', 'finished', 'failed', 'cancelled'] as const
export type JobState = (typeof jobStates)[number]

export const endedStates = ['finished', 'failed', 'cancelled'] as const satisfies readonly JobState[]
export type EndedState = (typeof endedStates)[number]

/** Why a job is `failed`. */
export const failureReasons = ['exhausted', 'permanent', 'timeout', 'crashed', 'expired', 'invalid_payload'] as const
export type FailureReason = (typeof failureReasons)[number]

/** One legal move of a job, and what makes it. `from: null` is a job that did not exist yet, `to: null` one removed. */
export interface JobTransition {
  readonly from: JobState | null
  readonly to: JobState | null
  readonly by: 'dispatch' | 'dependency' | 'claim' | 'settle' | 'reap' | 'cancel' | 'expire' | 'retry' | 'remove'
  readonly when: string
}

/** The state machine as data. Every driver enforces it again in the conditions of its statements. */
export const jobTransitions: readonly JobTransition[] = [
  { from: null, to: 'pending', by: 'dispatch', when: 'it waits for no other job' },
  { from: null, to: 'blocked', by: 'dispatch', when: 'it waits for jobs that have not ended' },
  { from: 'blocked', to: 'pending', by: 'dependency', when: 'the last parent ended' },
  { from: 'blocked', to: 'cancelled', by: 'dependency', when: 'a parent did not finish and the edge says cancel' },
  { from: 'pending', to: 'running', by: 'claim', when: 'it is due and a worker knows its type' },
  { from: 'running', to: 'finished', by: 'settle', when: 'the handler returned' },
  { from: 'running', to: 'pending', by: 'settle', when: 'retry, snooze or release' },
  { from: 'running', to: 'failed', by: 'settle', when: 'permanent error, invalid payload, or attempts used up' },
  { from: 'running', to: 'cancelled', by: 'settle', when: 'cancel was asked, or the handler chose it' },
  { from: 'running', to: 'pending', by: 'reap', when: 'its lease ran out; the attempt is given back' },
  { from: 'running', to: 'failed', by: 'reap', when: 'its lease ran out and the crash budget is used up' },
  { from: 'running', to: 'cancelled', by: 'reap', when: 'its lease ran out after cancel was asked' },
  { from: 'pending', to: 'cancelled', by: 'cancel', when: 'cancel' },
  { from: 'blocked', to: 'cancelled', by: 'cancel', when: 'cancel' },
  { from: 'pending', to: 'failed', by: 'expire', when: 'expiresAt passed before it started' },
  { from: 'blocked', to: 'failed', by: 'expire', when: 'expiresAt passed before it started' },
  { from: 'failed', to: 'pending', by: 'retry', when: 'a person reopens it' },
  { from: 'cancelled', to: 'pending', by: 'retry', when: 'a person reopens it' },
  { from: 'finished', to: 'pending', by: 'retry', when: 'a person reopens it with force' },
  { from: 'finished', to: null, by: 'remove', when: 'retention or delete' },
  { from: 'failed', to: null, by: 'remove', when: 'retention or delete' },
  { from: 'cancelled', to: null, by: 'remove', when: 'retention or delete' },
]

export function isEnded(state: JobState): state is EndedState {
  return state === 'finished' || state === 'failed' || state === 'cancelled'
}

export function isLegalTransition(from: JobState | null, to: JobState | null): boolean {
  return jobTransitions.some((transition) => transition.from === from && transition.to === to)
}

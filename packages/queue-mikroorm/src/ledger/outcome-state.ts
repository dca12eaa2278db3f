import { outcomeNames, type EndedState, type OutcomeName } from '@goplate/queue-core'

/** Outcomes are small numbers in the database: 1 finished, 2 failed, 3 cancelled; 4 … 7 as core lists them. */
export function outcomeState(outcome: OutcomeName): number {
  return outcomeNames.indexOf(outcome) + 1
}

/** A number that nobody writes reads as cancelled, here and in the view `queue_job`. */
export function outcomeName(state: number): OutcomeName {
  return outcomeNames[state - 1] ?? 'cancelled'
}

/** The first three are final. */
export function endedState(state: number): EndedState {
  return isFinal(state) ? (outcomeName(state) as EndedState) : 'cancelled'
}

export function isFinal(state: number): boolean {
  return state <= 3
}

export const failedState = 2
export const cancelledState = 3
export const crashedState = 7

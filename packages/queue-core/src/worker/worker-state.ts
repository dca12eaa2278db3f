export type WorkerState = 'idle' | 'running' | 'draining' | 'stopped'

interface WorkerTransition {
  readonly from: WorkerState
  readonly to: WorkerState
  readonly when: string
}

/** The worker's life as data. Only `worker.ts` enters a state. */
export const workerTransitions: readonly WorkerTransition[] = [
  { from: 'idle', to: 'running', when: 'start, runOnce or drain' },
  { from: 'running', to: 'draining', when: 'stop, or runOnce or drain has nothing left to claim' },
  { from: 'draining', to: 'stopped', when: 'every job it held is settled or given back, and all is quiet' },
  { from: 'stopped', to: 'running', when: 'start, runOnce or drain again' },
]

export function isLegalWorkerTransition(from: WorkerState, to: WorkerState): boolean {
  return workerTransitions.some((transition) => transition.from === from && transition.to === to)
}

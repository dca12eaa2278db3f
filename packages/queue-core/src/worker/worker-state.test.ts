import { expect, test } from 'vitest'
import { isLegalWorkerTransition, type WorkerState } from './worker-state.ts'

test('a worker goes round: running, draining, stopped, running; nothing else is legal', () => {
  const states: WorkerState[] = ['idle', 'running', 'draining', 'stopped']
  const legal = states.flatMap((from) =>
    states.filter((to) => isLegalWorkerTransition(from, to)).map((to) => `${from} → ${to}`),
  )
  expect(legal).toEqual(['idle → running', 'running → draining', 'draining → stopped', 'stopped → running'])
})

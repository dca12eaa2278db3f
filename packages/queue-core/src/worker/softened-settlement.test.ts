import { expect, test } from 'vitest'
import type { Settlement } from '../job/claimed-job.ts'
import { softened } from './softened-settlement.ts'

const claim = { leaseId: 'lease', position: 0, jobId: '1', epoch: 1 }
const times = { waitMs: 1, durationMs: 2 }

test('keeps outcome, delay and the reason of a failure; drops what a handler brought in', () => {
  const finished: Settlement = { claim, outcome: 'finished', result: '"bad"', ...times }
  expect(softened(finished, 1)).toEqual({ claim, outcome: 'finished', ...times })

  const failed: Settlement = { claim, outcome: 'failed', reason: 'exhausted', error: '{"bad":1}', ...times }
  const plain = softened(failed, 1)
  expect(plain).toMatchObject({ outcome: 'failed', reason: 'exhausted' })
  expect(plain?.error).toContain('could not be stored')
  expect(softened(failed, 2)).toEqual({ claim, outcome: 'failed', reason: 'exhausted', ...times })

  const snoozed: Settlement = { claim, outcome: 'snoozed', delayMs: 5, reason: 'bad', ...times }
  expect(softened(snoozed, 1)).toEqual({ claim, outcome: 'snoozed', delayMs: 5, ...times })
  expect(softened(snoozed, 3)).toBeUndefined()
})

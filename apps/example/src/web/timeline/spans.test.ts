import type { JobRecord, OutcomeRecord } from '@goplate/queue-core'
import { expect, it } from 'vitest'
import { timelineOf } from './spans.ts'

const start = 1_700_000_000_000
const at = (ms: number) => new Date(start + ms)

function job(fields: Partial<JobRecord>): JobRecord {
  return {
    ...{ id: '1', type: 'send_email', queue: 'mail', state: 'pending', label: 'ready', payload: {}, priority: 0 },
    ...{ attempt: 0, maxAttempts: 3, crashes: 0, maxCrashes: 3, epoch: 0, createdAt: at(0), tags: [], meta: {} },
    ...{ cancelRequested: false, solo: false },
    ...fields,
  } satisfies Partial<JobRecord>
}

const retried: OutcomeRecord = {
  ...{ epoch: 1, attempt: 1, outcome: 'retried', endedAt: at(160), waitMs: 100, durationMs: 60 },
  error: { name: 'Error', message: 'mail server is down' },
}
const finished: OutcomeRecord = {
  ...{ epoch: 2, attempt: 2, outcome: 'finished', endedAt: at(5_300), waitMs: 40, durationMs: 100 },
}

it('tells each attempt: how long it was not due, waited and ran', () => {
  expect(timelineOf(job({ state: 'finished', history: [retried, finished] }), at(9_000)).stages).toEqual([
    {
      ...{ epoch: 1, attempt: 1, outcome: 'retried', endedAt: at(160), message: 'mail server is down' },
      spans: [
        { kind: 'wait', ms: 100 },
        { kind: 'run', ms: 60 },
      ],
    },
    {
      ...{ epoch: 2, attempt: 2, outcome: 'finished', endedAt: at(5_300) },
      spans: [
        { kind: 'delay', ms: 5_000 },
        { kind: 'wait', ms: 40 },
        { kind: 'run', ms: 100 },
      ],
    },
  ])
})

it.each([
  ['waits', { availableAt: at(0) }, [{ kind: 'wait', ms: 700 }]],
  [
    'is scheduled',
    { availableAt: at(1_000) },
    [
      { kind: 'delay', ms: 700 },
      { kind: 'ahead', ms: 300 },
    ],
  ],
  [
    'runs',
    { state: 'running', attempt: 1, startedAt: at(200) },
    [
      { kind: 'wait', ms: 200 },
      { kind: 'run', ms: 500 },
    ],
  ],
  [
    'is tried again',
    { history: [retried], attempt: 1, availableAt: at(660) },
    [
      { kind: 'delay', ms: 500 },
      { kind: 'wait', ms: 40 },
    ],
  ],
  [
    'was run again by hand',
    { history: [{ ...retried, outcome: 'failed' }], availableAt: at(690) },
    [
      { kind: 'rest', ms: 530 },
      { kind: 'wait', ms: 10 },
    ],
  ],
] as const)('ends at the present for a job that %s', (_name, fields, spans) => {
  expect(timelineOf(job(fields as Partial<JobRecord>), at(700)).stages.at(-1)?.spans).toEqual(spans)
})

it('tells a job that was cancelled before it started', () => {
  const cancelled: OutcomeRecord = { epoch: 1, attempt: 0, outcome: 'cancelled', endedAt: at(90), reason: 'not needed' }
  expect(timelineOf(job({ state: 'cancelled', history: [cancelled] }), at(700)).stages).toEqual([
    {
      ...{ epoch: 1, attempt: 0, outcome: 'cancelled', endedAt: at(90), message: 'not needed' },
      spans: [{ kind: 'wait', ms: 90 }],
    },
  ])
})

it('never goes back in time, also where clocks disagree', () => {
  const early = { ...finished, endedAt: at(-50), waitMs: 9_000, durationMs: 9_000 }
  const { stages } = timelineOf(job({ state: 'running', startedAt: at(-10), history: [early] }), at(-100))
  expect(stages.flatMap((stage) => stage.spans).every(({ ms }) => ms >= 0)).toBe(true)
})
